// What browsers give only to pages that came over TLS or from this very machine. Whoever opens
// Adda at http://192.168.… has it too, only with less between the tabs: each then acts as if it
// were alone, which the server forgives (one message for one `client_id`, a refresh token that may
// be repeated).

/** Runs something that only one tab may do at a time. */
export async function alone<T>(name: string, run: () => Promise<T>): Promise<T> {
  return hasLocks() ? await navigator.locks.request(name, run) : await run();
}

/** Holds a name for as long as this tab lives; resolves when it is held. */
export function hold(name: string): Promise<void> {
  if (!hasLocks()) return Promise.resolve();
  return new Promise((resolve) => {
    void navigator.locks.request(name, () => {
      resolve();
      return new Promise(() => {});
    });
  });
}

/** Waits until no tab holds a name that one holds now. */
export async function released(name: string): Promise<void> {
  await navigator.locks.request(name, () => {});
}

/** The names that are held by some tab. */
export async function held(): Promise<string[]> {
  if (!hasLocks()) return [];
  const { held: locks = [] } = await navigator.locks.query();
  return locks.flatMap((lock) => lock.name ?? []);
}

function hasLocks(): boolean {
  return 'locks' in navigator;
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
