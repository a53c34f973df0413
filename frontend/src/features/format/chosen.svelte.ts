// Which messages are shown otherwise than usual, for as long as the page stands, wherever one scrolls.

class Chosen {
  private ids = $state.raw<ReadonlySet<string>>(new Set());

  has(id: string): boolean {
    return this.ids.has(id);
  }

  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
  }
}

/** Messages that are shown as they were written, by their ids. */
export const plainly = new Chosen();

/** Long messages that are shown as a whole. */
export const unfolded = new Chosen();
