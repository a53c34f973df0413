// Locks between the tabs of a browser. Browsers give them only to pages that came over TLS or from this
// very machine, and some of them to no page whose cookies are blocked. Whoever opens Adda at
// http://192.168.… goes without: each tab then acts as if it were alone, which the server forgives (one
// message for one `client_id`, a refresh token that may be repeated).

/** A tab that froze with a lock in its hand keeps the others waiting no longer than this. */
export const PATIENCE_MS = 5_000;

/** Runs something that only one tab may do at a time, where that can be had. */
export function withLock<T>(name: string, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const begin = async (): Promise<void> => {
      if (hasBegun) return;
      hasBegun = true;
      clearTimeout(timer);
      const running = run();
      running.then(resolve, reject);
      // The lock is held until it has ended, however that was.
      await running.catch(() => {});
    };
    const timer = setTimeout(() => void begin(), PATIENCE_MS);
    request(name, begin).catch(() => begin());
  });
}

/** Holds a lock for as long as this tab lives; resolves when it is held, or cannot be. */
export function holdLock(name: string): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request(name, () => {
      done();
      return new Promise(() => {});
    }).catch(done);
  });
}

/** Waits until no tab holds a lock that one holds now. */
export async function lockReleased(name: string): Promise<void> {
  try {
    await request(name, () => Promise.resolve());
  } catch {
    // Then nobody can say.
    await new Promise(() => {});
  }
}

/**
 * Waits until no tab holds a lock, and holds it; answers how it is let go. Where there are no locks it is
 * had at once; `null`: it was given up.
 */
export function takeLock(name: string, signal: AbortSignal): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const held = () => new Promise<void>((release) => resolve(release));
    request(name, held, signal).catch(() => resolve(signal.aborted ? null : () => {}));
  });
}

/** The locks that some tab holds, by name. */
export async function heldLocks(): Promise<string[]> {
  try {
    const { held: locks = [] } = await navigator.locks.query();
    return locks.flatMap((lock) => lock.name ?? []);
  } catch {
    return [];
  }
}

async function request(
  name: string,
  run: () => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  if (signal) await navigator.locks.request(name, { signal }, run);
  else await navigator.locks.request(name, run);
}
