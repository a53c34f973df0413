// What browsers give only to pages that came over TLS or from this very machine, and some of them
// to no page whose cookies are blocked. Whoever opens Adda at http://192.168.… has it too, only with
// less between the tabs: each then acts as if it were alone, which the server forgives (one message
// for one `client_id`, a refresh token that may be repeated).

/** A tab that froze with a lock in its hand keeps the others waiting no longer than this. */
export const PATIENCE_MS = 5_000;

/** Runs something that only one tab may do at a time, where that can be had. */
export function alone<T>(name: string, run: () => Promise<T>): Promise<T> {
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

/** Holds a name for as long as this tab lives; resolves when it is held, or cannot be. */
export function hold(name: string): Promise<void> {
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

/** Waits until no tab holds a name that one holds now. */
export async function released(name: string): Promise<void> {
  try {
    await request(name, () => Promise.resolve());
  } catch {
    // Then nobody can say.
    await new Promise(() => {});
  }
}

/** The names that are held by some tab. */
export async function held(): Promise<string[]> {
  try {
    const { held: locks = [] } = await navigator.locks.query();
    return locks.flatMap((lock) => lock.name ?? []);
  } catch {
    return [];
  }
}

async function request(name: string, run: () => Promise<void>): Promise<void> {
  await navigator.locks.request(name, run);
}

/**
 * A UUID of version 7: milliseconds, then 74 random bits. What one sends has such an id, and the
 * server finds ids that grow with time on few pages of its index.
 */
export function uuid(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = (8 + ((bytes[9] ?? 0) & 3)).toString(16);
  const random = `7${hex.slice(0, 3)}-${variant}${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-${random}`;
}
