// When it is worth loading once more what could not be loaded: at once when the connection is back, and
// now and then while something fails for a reason that may pass.

/** The first time so long after something failed; each time doubles it … */
const FIRST_MS = 1_000;
/** … up to here. */
const LONGEST_MS = 30_000;

export class Retry {
  /** Grows each time. */
  times = $state(0);
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  /** Something could not be loaded. */
  failed(): void {
    if (this.timer !== undefined) return;
    // A crowd that lost its server does not come back all at once.
    const ms = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures += 1;
    this.timer = setTimeout(() => this.tell(), ms);
  }

  /** The connection is back. */
  now(): void {
    this.failures = 0;
    this.tell();
  }

  /** For parts that know nothing of views; what it returns ends it. */
  listen(run: () => void): () => void {
    this.listeners.add(run);
    return () => this.listeners.delete(run);
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.times += 1;
    this.listeners.forEach((run) => run());
  }
}
