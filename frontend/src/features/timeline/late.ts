// When it is said of a message on its way that it is not sent yet: not while an upload comes on.

/** So long it is on its way without a word. */
export const LATE_MS = 5_000;

export class Progress {
  private share = 0;

  /** @param since When it was written, in milliseconds. */
  constructor(private since: number) {}

  /** How long it is still waited for in silence, where so much of it has been uploaded by now. */
  left(share: number, now: number): number {
    if (share > this.share) [this.share, this.since] = [share, now];
    // Clocks are put right.
    return Math.min(LATE_MS, Math.max(0, this.since + LATE_MS - now));
  }
}
