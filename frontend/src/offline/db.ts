// What this browser keeps: messages that are not acknowledged yet, drafts, and recordings that are not
// sent yet, in pieces. Everything carries the person's id, so that two people who share a browser never
// see each other's.
//
// Browsers take databases away: private windows have ones that are not there, that refuse, that are
// full or never answer; a newer version of the app wants another one; people delete them. So each use
// may fail, and whoever uses it goes on from memory. Nothing here waits for another tab.
import { openDB, unwrap, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';

import { loadsOf, withContent, withFiles, withoutFiles, type Outgoing } from './outgoing';

/** An unfinished message. */
interface Draft {
  userId: number;
  room: string;
  text: string;
}

/** What was recorded in about a second, of a voice message that is not sent yet. */
export interface StoredPiece {
  userId: number;
  room: string;
  /** Which recording it belongs to, and its place there, from 0 on. */
  recording: string;
  number: number;
  data: Blob;
  /** How long the recording is with it, in milliseconds. */
  durationMs: number;
  /** How loud it was, from 0 to 1. */
  levels: readonly number[];
}

interface Schema extends DBSchema {
  outgoing: { key: string; value: unknown; indexes: { userId: number } };
  /** What messages carry, by the message and the place in it: written once, however far each gets. */
  files: { key: [string, number]; value: Blob };
  drafts: { key: [number, string]; value: Draft };
  pieces: { key: [number, string, string, number]; value: StoredPiece };
}

type Connection = IDBPDatabase<Schema>;
type Upgrade = IDBPTransaction<Schema, ('outgoing' | 'drafts' | 'pieces')[], 'versionchange'>;
type Writing = IDBPTransaction<Schema, ('outgoing' | 'files')[], 'readwrite'>;

/** From each version to the next one; their number is the version. Steps are added, never changed. */
const STEPS: readonly ((db: Connection, tx: Upgrade) => unknown)[] = [
  (db) => {
    db.createObjectStore('outgoing', { keyPath: 'clientId' }).createIndex('userId', 'userId');
    db.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
  },
  async (_, tx) => {
    const outgoing = tx.objectStore('outgoing');
    for (const key of await outgoing.getAllKeys()) {
      const stored = await readable(unwrap(outgoing), key);
      const next = withContent(stored);
      if (next !== stored) await outgoing.put(next);
    }
  },
  (db) => db.createObjectStore('pieces', { keyPath: ['userId', 'room', 'recording', 'number'] }),
  // What earlier versions stored within a message is moved when that is stored next: a full disk has no
  // space for both, and must not keep the database from being opened.
  (db) => db.createObjectStore('files'),
];

/** How long to wait for a browser's database to open. */
export const PATIENCE_MS = 4_000;
/** How long to wait for another tab, which has an older version open, to close it. */
const BLOCKED_MS = 500;

export type DatabaseState =
  /** It keeps what is stored. */
  | 'open'
  /** It keeps what it has, and had no space for something since. */
  | 'full'
  /** It keeps nothing. */
  | 'unusable'
  /** A newer version of the app has taken it: this one is to be loaded anew. */
  | 'superseded';

export class Database {
  /** Hears of each change of the state. */
  onState: (state: DatabaseState) => void = () => {};
  private current: DatabaseState = 'unusable';
  private connection: Connection | null = null;
  private connecting = Promise.resolve();
  /** Whether the browser closed it, so that it is worth opening once more. */
  private isLost = false;
  private hasEnded = false;

  private constructor(private readonly name: string) {}

  get state(): DatabaseState {
    return this.current;
  }

  /** Resolves when it can be used, or is not worth waiting for: it may be `unusable`, also for now. */
  static async open(name = 'adda'): Promise<Database> {
    const database = new Database(name);
    await database.connect();
    return database;
  }

  private async connect(): Promise<void> {
    let giveUp = () => {};
    const late = new Promise<void>((resolve) => (giveUp = resolve));
    let timer = setTimeout(giveUp, PATIENCE_MS);
    const opening = this.request(() => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, BLOCKED_MS);
    });
    // What comes too late is used from then on.
    const opened = opening.then(tried).then((connection) => this.opened(connection));
    await Promise.race([opened, late]).catch(() => {});
    clearTimeout(timer);
    if (this.connection === null) this.enter('unusable');
  }

  private async request(blocked: () => void): Promise<Connection> {
    return openDB<Schema>(this.name, STEPS.length, {
      upgrade: async (db, from, _to, tx) => {
        for (const step of STEPS.slice(from)) await step(db, tx as Upgrade);
      },
      blocked,
      blocking: (_version, next, event) => {
        (event.target as IDBDatabase).close();
        this.lose();
        // `null`: it is deleted, and may be made anew.
        if (next !== null) this.enter('superseded');
      },
      terminated: () => this.lose(),
    });
  }

  private opened(connection: Connection): void {
    if (this.hasEnded) {
      connection.close();
      return;
    }
    this.connection = connection;
    this.enter('open');
  }

  private lose(): void {
    this.connection = null;
    this.isLost = true;
  }

  private enter(state: DatabaseState): void {
    // A newer version of the app stays newer.
    if (state === this.current || this.current === 'superseded') return;
    this.current = state;
    this.onState(state);
  }

  private reopen(): Promise<void> {
    if (this.isLost && this.current !== 'superseded' && !this.hasEnded) {
      this.isLost = false;
      this.connecting = this.connect();
    }
    return this.connecting;
  }

  /** Uses the database, opened anew where the browser had closed it. */
  private async use<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    // At once where it is open: it may be closed before this function goes on.
    if (this.connection === null) await this.reopen();
    const { connection } = this;
    if (connection === null) throw new Error('There is no database.');
    try {
      return await run(connection);
    } catch (error) {
      // Closed without a word.
      const isGone = error instanceof DOMException && error.name === 'InvalidStateError';
      if (isGone && this.connection === connection && !this.hasEnded) this.lose();
      throw error;
    }
  }

  /** Stores something, and notes when there is no space for it. */
  private async store(run: (connection: Connection) => Promise<unknown>): Promise<void> {
    try {
      await this.use(run);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') this.enter('full');
      throw error;
    }
  }

  /** Whether it was closed here: the person has signed out, and nothing more is to be kept of them. */
  get isClosed(): boolean {
    return this.hasEnded;
  }

  /** Stores a message on its way, as it is now. */
  put(entry: Outgoing): Promise<void> {
    // A text waits for no album that is being written.
    const stores = ['outgoing', 'files'] as const;
    const needed = loadsOf(entry.content).length > 0 ? stores : stores.slice(0, 1);
    return this.store(async (db) => {
      const tx = db.transaction([...needed], 'readwrite');
      // The transaction knows why it failed, what was to be written in it only that it did.
      const [written, done] = await Promise.allSettled([write(tx, entry), tx.done]);
      for (const part of [done, written]) if (part.status === 'rejected') throw part.reason;
    });
  }

  async remove(clientId: string): Promise<void> {
    await this.use((db) => {
      const tx = db.transaction(['outgoing', 'files'], 'readwrite');
      const outgoing = tx.objectStore('outgoing').delete(clientId);
      const files = tx.objectStore('files').delete(within(clientId));
      return Promise.all([outgoing, files, tx.done]);
    });
  }

  /**
   * Goes through what is stored of a person's messages – `undefined` for what cannot be read –, and stores
   * what it is answered with: no other tab does so at the same time.
   */
  async adopt(
    userId: number,
    adopted: (stored: unknown, clientId: string) => Outgoing | null,
  ): Promise<void> {
    await this.use(async (db) => {
      const tx = db.transaction(['outgoing', 'files'], 'readwrite');
      const [outgoing, files] = [tx.objectStore('outgoing'), tx.objectStore('files')];
      for (const key of await outgoing.index('userId').getAllKeys(userId)) {
        const carried: unknown[] = [];
        for (const place of await files.getAllKeys(within(key))) {
          carried.push(await readable(unwrap(files), place));
        }
        const stored = withFiles(await readable(unwrap(outgoing), key), carried);
        const entry = adopted(stored, key);
        if (entry) await write(tx, entry);
      }
      await tx.done;
    });
  }

  /** What is unfinished in a room; nothing where there is no draft, or one that cannot be read. */
  async draft(userId: number, room: string): Promise<string> {
    const draft = await this.use((db) => db.get('drafts', [userId, room]));
    if (draft === undefined) return '';
    if (typeof draft.text === 'string') return draft.text;
    reportError(new Error(`The draft in ${room} is damaged and passed over.`));
    return '';
  }

  /** Everything that is unfinished, by its room. What cannot be read is passed over. */
  async drafts(userId: number): Promise<ReadonlyMap<string, string>> {
    const drafts = await this.use((db) => db.getAll('drafts', within(userId)));
    const readable = drafts.filter(({ text }) => typeof text === 'string');
    return new Map(readable.map(({ room, text }) => [room, text]));
  }

  /** An empty draft is none. */
  async putDraft(userId: number, room: string, text: string): Promise<void> {
    if (text === '') await this.use((db) => db.delete('drafts', [userId, room]));
    else await this.store((db) => db.put('drafts', { userId, room, text }));
  }

  putPiece(piece: StoredPiece): Promise<void> {
    return this.store((db) => db.put('pieces', piece));
  }

  /** The recordings that are kept in a room. */
  async recordings(userId: number, room: string): Promise<ReadonlySet<string>> {
    const keys = await this.use((db) => db.getAllKeys('pieces', within(userId, room)));
    return new Set(keys.map(([, , recording]) => recording));
  }

  /** What is stored of a recording, in its order. */
  pieces(userId: number, room: string, recording: string): Promise<readonly unknown[]> {
    return this.use((db) => db.getAll('pieces', within(userId, room, recording)));
  }

  async removePieces(userId: number, room: string, recording: string): Promise<void> {
    await this.use((db) => db.delete('pieces', within(userId, room, recording)));
  }

  /** Forgets everybody but one person; everybody, where there is none. What cannot be read goes too. */
  async clear(keep: number | null): Promise<void> {
    await this.use(async (db) => {
      const tx = db.transaction(['outgoing', 'files', 'drafts', 'pieces'], 'readwrite');
      const outgoing = tx.objectStore('outgoing');
      const kept = keep === null ? [] : await outgoing.index('userId').getAllKeys(keep);
      for (const key of await outgoing.getAllKeys()) {
        if (!kept.includes(key)) await outgoing.delete(key);
      }
      const files = tx.objectStore('files');
      for (const key of await files.getAllKeys()) {
        if (!kept.includes(key[0])) await files.delete(key);
      }
      for (const name of ['drafts', 'pieces'] as const) {
        const store = tx.objectStore(name);
        for (const key of await store.getAllKeys()) {
          if (key[0] !== keep) await store.delete(key);
        }
      }
      await tx.done;
    });
  }

  close(): void {
    this.hasEnded = true;
    this.connection?.close();
    this.connection = null;
  }
}

/** All keys that begin so. */
function within(...beginning: (number | string)[]): IDBKeyRange {
  // An array is greater than any number or text.
  return IDBKeyRange.bound(beginning, [...beginning, []]);
}

async function write(tx: Writing, entry: Outgoing): Promise<void> {
  const loads = loadsOf(entry.content);
  if (loads.length > 0) {
    const files = tx.objectStore('files');
    const isThere = (await files.getKey([entry.clientId, 0])) !== undefined;
    const missing = isThere ? [] : loads;
    for (const [at, { file }] of missing.entries()) await files.put(file, [entry.clientId, at]);
  }
  await tx.objectStore('outgoing').put(withoutFiles(entry));
}

/** Nobody's draft. */
const TRIAL: Draft = { userId: -1, room: '', text: ' '.repeat(1_000) };

/** Writes once, and takes it back: a database that opens may refuse whatever is written. */
async function tried(connection: Connection): Promise<Connection> {
  try {
    await connection.put('drafts', TRIAL);
    await connection.delete('drafts', [TRIAL.userId, TRIAL.room]);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What stands under a key; `undefined` where it cannot be read, which takes nothing else with it. */
function readable(store: Pick<IDBObjectStore, 'get'>, key: IDBValidKey): Promise<unknown> {
  return new Promise((resolve) => {
    const request = store.get(key);
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      // Else the whole transaction ends.
      event.preventDefault();
      event.stopPropagation();
      resolve(undefined);
    };
  });
}
