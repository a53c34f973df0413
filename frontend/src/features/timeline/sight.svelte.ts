// Whether what is heard has its own controls in the window: while it has none, a line at the top has some.

/** So much of them is enough to press them. */
const ENOUGH = 0.5;

class Sight {
  /** What is heard and is in sight. */
  shown = $state.raw<string | null>(null);

  /** Follows the controls of what is heard, for as long as they stand; that begins where somebody pressed them. */
  follow(id: string, controls: Element): () => void {
    this.shown = id;
    const observer = new IntersectionObserver(
      (changes) => {
        const isSeen = (changes.at(-1)?.intersectionRatio ?? 0) >= ENOUGH;
        if (isSeen) this.shown = id;
        else this.lost(id);
      },
      { threshold: ENOUGH },
    );
    observer.observe(controls);
    return () => {
      observer.disconnect();
      this.lost(id);
    };
  }

  private lost(id: string): void {
    if (this.shown === id) this.shown = null;
  }
}

export const sight = new Sight();
