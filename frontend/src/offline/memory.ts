// The place of the browser's database where there is none that can be used: this page's memory.
// It has what the outbox and the drafts use of a database, and lasts until the page is closed.
import type { Database, Draft, Outgoing } from './db';

export function memoryDatabase(): Database {
  const outgoing = new Map<string, Outgoing>();
  const drafts = new Map<string, Draft>();
  const keyed = {
    outgoing: { kept: outgoing, key: (entry: Outgoing) => entry.clientId },
    drafts: { kept: drafts, key: (draft: Draft) => keyOf([draft.userId, draft.room]) },
  };
  const kept = (store: keyof typeof keyed): Map<string, Outgoing | Draft> => keyed[store].kept;
  const put = async (store: keyof typeof keyed, value: Outgoing & Draft): Promise<void> => {
    kept(store).set(keyed[store].key(value), structuredClone(value));
  };
  const used = {
    get: async (store: keyof typeof keyed, key: Key) => kept(store).get(keyOf(key)),
    put,
    delete: async (store: keyof typeof keyed, key: Key) => void kept(store).delete(keyOf(key)),
    count: async (store: keyof typeof keyed) => kept(store).size,
    transaction: (store: keyof typeof keyed) => ({
      store: {
        put: (value: Outgoing & Draft) => put(store, value),
        delete: async (key: Key) => void kept(store).delete(keyOf(key)),
        index: () => ({
          getAll: async (userId: number) =>
            [...kept(store).values()].filter((value) => value.userId === userId),
        }),
      },
      done: Promise.resolve(),
    }),
    close: () => {},
  };
  return used as unknown as Database;
}

type Key = string | [number, string];

function keyOf(key: Key): string {
  return typeof key === 'string' ? key : key.join(' ');
}
