// What this browser keeps at once and by name, as `localStorage` does. A browser may refuse that:
// with cookies blocked even its name throws, in some private windows and when the disk is full
// each writing does. Then it is kept in this page's memory: everything works, until it is closed.

/** The part of a `Storage` that is used. */
export type LocalStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const TRIAL = 'adda.trial';

/** A storage that never throws. */
export class Local implements LocalStorage {
  /** What the storage did not take; `null` for what it could not remove. */
  private readonly memory = new Map<string, string | null>();

  constructor(private readonly open: () => LocalStorage | null | undefined) {}

  private get store(): LocalStorage | null {
    return attempt(this.open) ?? null;
  }

  /** Whether what is kept now outlives the page. */
  get keeps(): boolean {
    const { store } = this;
    const isTaken = attempt(() => {
      store?.setItem(TRIAL, TRIAL);
      store?.removeItem(TRIAL);
      return store !== null;
    });
    return isTaken === true;
  }

  getItem(place: string): string | null {
    const own = this.memory.get(place);
    if (own !== undefined) return own;
    return attempt(() => this.store?.getItem(place)) ?? null;
  }

  setItem(place: string, text: string): void {
    const { store } = this;
    const isTaken = attempt(() => {
      store?.setItem(place, text);
      return store !== null;
    });
    if (isTaken === true) this.memory.delete(place);
    else this.memory.set(place, text);
  }

  removeItem(place: string): void {
    this.memory.delete(place);
    attempt(() => this.store?.removeItem(place));
    if (this.getItem(place) !== null) this.memory.set(place, null);
  }

  get length(): number {
    return this.places.length;
  }

  key(at: number): string | null {
    return this.places[at] ?? null;
  }

  private get places(): string[] {
    const { store } = this;
    const length = attempt(() => store?.length) ?? 0;
    const kept = Array.from({ length }, (_, at) => attempt(() => store?.key(at)) ?? null);
    const all = new Set([...kept, ...this.memory.keys()]);
    return [...all].filter(
      (place): place is string => place !== null && this.memory.get(place) !== null,
    );
  }
}

/** The names that begin so. */
export function keysOf(storage: LocalStorage, beginning: string): string[] {
  const all = Array.from({ length: storage.length }, (_, at) => storage.key(at));
  return all.filter((key): key is string => key?.startsWith(beginning) ?? false);
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** This browser's. */
export const local = new Local(() => globalThis.localStorage);
