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

  getItem(key: string): string | null {
    const own = this.memory.get(key);
    if (own !== undefined) return own;
    return attempt(() => this.store?.getItem(key)) ?? null;
  }

  setItem(key: string, text: string): void {
    const { store } = this;
    const isTaken = attempt(() => {
      store?.setItem(key, text);
      return store !== null;
    });
    if (isTaken === true) this.memory.delete(key);
    else this.memory.set(key, text);
  }

  removeItem(key: string): void {
    this.memory.delete(key);
    attempt(() => this.store?.removeItem(key));
    if (this.getItem(key) !== null) this.memory.set(key, null);
  }

  get length(): number {
    return this.keys.length;
  }

  key(at: number): string | null {
    return this.keys[at] ?? null;
  }

  private get keys(): string[] {
    const { store } = this;
    const length = attempt(() => store?.length) ?? 0;
    const kept = Array.from({ length }, (_, at) => attempt(() => store?.key(at)) ?? null);
    const all = new Set([...kept, ...this.memory.keys()]);
    return [...all].filter((key): key is string => key !== null && this.memory.get(key) !== null);
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
