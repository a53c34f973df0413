// When a message counts as read: its bottom was in the window for half a second, in a tab that has
// the focus. One number a room, which only grows.

/** So long something must have been seen. */
export const LOOK_MS = 500;

export class Reading {
  private looking = false;
  /** Everything up to here counts as read. */
  private read = 0;
  /** Everything up to here was in view since the half second began. */
  private pending = 0;
  /** Everything up to here is in view now. */
  private seen = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly onRead: (seq: number) => void) {}

  /** Whether somebody is there to see. */
  get isLooking(): boolean {
    return this.looking;
  }

  set isLooking(value: boolean) {
    this.looking = value;
    if (!value) this.close();
  }

  /** Everything up to this number is above the lower edge of the window. */
  sees(seq: number): void {
    this.seen = seq;
    if (!this.looking) return;
    if (seq <= this.read) {
      this.close();
      return;
    }
    if (this.timer !== null) {
      this.pending = Math.min(this.pending, seq);
      return;
    }
    this.pending = seq;
    this.timer = setTimeout(() => this.isSeen(), LOOK_MS);
  }

  /** Forgets what was not in view for long enough. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private isSeen(): void {
    this.timer = null;
    if (this.pending > this.read) {
      this.read = this.pending;
      this.onRead(this.read);
    }
    // What came into view meanwhile has its own half second.
    this.sees(this.seen);
  }
}
