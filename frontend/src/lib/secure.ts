// What browsers give only to pages that came over TLS or from this very machine. Whoever opens
// Adda at http://192.168.… has it too, only with less between the tabs: each then acts as if it
// were alone, which the server forgives (one message for one `client_id`, a refresh token that may
// be repeated for a minute).

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

/** The names that are held by some tab. */
export async function held(): Promise<string[]> {
  if (!hasLocks()) return [];
  const { held: locks = [] } = await navigator.locks.query();
  return locks.flatMap((lock) => lock.name ?? []);
}

function hasLocks(): boolean {
  return 'locks' in navigator;
}

/** A random UUID of version 4. */
export function uuid(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
