// What the first picture does without: loaded together, and from then on there at once.

type Parts = typeof import('./roomParts');

class RoomParts {
  loaded = $state.raw<Parts | null>(null);

  /** Loads them, and once more where that failed. */
  async load(): Promise<Parts> {
    return (this.loaded ??= await import('./roomParts'));
  }
}

export const parts = new RoomParts();
