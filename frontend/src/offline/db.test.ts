import 'fake-indexeddb/auto';

import { forceCloseDatabase, IDBFactory as FakeFactory } from 'fake-indexeddb';
import { unwrap, type IDBPDatabase } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Database, PATIENCE_MS, type DatabaseState } from './db';
import { loadsOf, type Outgoing } from './outgoing';

const MIRA = 1;
let databases = 0;
let name: string;

beforeEach(() => (name = `database-${(databases += 1)}`));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A message as it is stored now. */
function message(clientId: string, text = clientId): Outgoing {
  const state = { kind: 'ready' } as const;
  const content = { kind: 'text', text } as const;
  return { clientId, userId: MIRA, room: 'tea', content, state, at: 1, tab: 'a' };
}

/** Everything that is stored of Mira's messages. */
async function storedIn(db: Database): Promise<unknown[]> {
  const all: unknown[] = [];
  await db.adopt(MIRA, (stored) => {
    all.push(stored);
    return null;
  });
  return all;
}

/** Another tab's connection, which holds on to the database whatever it is asked. */
function stubborn(version: number, make?: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => make?.(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as DOMException);
  });
}

/** What the first version of the app left behind. */
async function firstVersion(...entries: object[]): Promise<IDBDatabase> {
  const db = await stubborn(1, (db) => {
    db.createObjectStore('outgoing', { keyPath: 'clientId' }).createIndex('userId', 'userId');
    db.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
  });
  const tx = db.transaction(['outgoing', 'drafts'], 'readwrite');
  for (const entry of entries) tx.objectStore('outgoing').put(entry);
  tx.objectStore('drafts').put({ userId: MIRA, room: 'tea', text: 'half' });
  await new Promise((resolve) => (tx.oncomplete = resolve));
  return db;
}

const OLD = { userId: MIRA, room: 'tea', at: 1, tab: 'a' };
const REFUSAL = { code: 'not_a_member', detail: 'No.' };

describe('what the first version stored', () => {
  it('is all there, as it is stored now', async () => {
    const before = await firstVersion(
      { ...OLD, clientId: 'a', text: 'a' },
      { ...OLD, clientId: 'b', text: 'b', refusal: REFUSAL },
    );
    before.close();
    const db = await Database.open(name);
    const refused = { state: { kind: 'refused', refusal: REFUSAL } };
    expect(await storedIn(db)).toEqual([message('a'), { ...message('b'), ...refused }]);
    expect(await db.draft(MIRA, 'tea')).toBe('half');
    expect(await db.recordings(MIRA, 'tea')).toEqual(new Set());
  });

  it('is there but for what cannot be read', async () => {
    const before = await firstVersion(
      { ...OLD, clientId: 'a', text: 'a' },
      { ...OLD, clientId: 'damaged' },
      { ...OLD, clientId: 'unreadable', text: 'lost' },
      { ...OLD, clientId: 'z', text: 'z' },
    );
    before.close();
    const { get } = IDBObjectStore.prototype;
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      // A request that fails, as of a value that the disk does not give back.
      return key === 'unreadable' ? this.add({ clientId: 'a' }) : get.call(this, key);
    });
    const db = await Database.open(name);
    expect(db.state).toBe('open');
    const stored = await storedIn(db);
    expect(stored).toEqual([
      message('a'),
      { ...OLD, clientId: 'damaged' },
      undefined,
      message('z'),
    ]);
  });
});

describe('what a message carries', () => {
  const parcel = (...names: string[]): Outgoing => ({
    ...message(names.join(' ')),
    content: {
      kind: 'parcel',
      text: '',
      attachments: names.map((it) => ({
        kind: 'file',
        file: new File([`What ${it} says.`], it),
        name: it,
        media: null,
      })),
    },
  });
  const textsOf = (entry: unknown) =>
    Promise.all(loadsOf((entry as Outgoing).content).map(({ file }) => file.text()));

  /** How often a file is written, alone or within something. */
  function countsFiles(): () => number {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const holdsFile = (value: unknown): boolean =>
      value instanceof Blob ||
      (typeof value === 'object' && value !== null && Object.values(value).some(holdsFile));
    return () => put.mock.calls.filter(([value]) => holdsFile(value)).length;
  }

  it('is written once, however often the message is stored, and is gone with it', async () => {
    const db = await Database.open(name);
    const files = countsFiles();
    const entry = parcel('a', 'b');
    await db.put(entry);
    await db.put({ ...entry, state: { kind: 'sending' } });
    await db.adopt(MIRA, (stored) => stored as Outgoing);
    expect(files()).toBe(2);
    const [stored] = await storedIn(db);
    expect(stored).toMatchObject({ clientId: 'a b', state: { kind: 'sending' } });
    expect(await textsOf(stored)).toEqual(['What a says.', 'What b says.']);
    await db.put(parcel('c'));
    await db.remove('a b');
    expect((await storedIn(db)).map((it) => (it as Outgoing).clientId)).toEqual(['c']);
    const left = await db['connection']?.getAllKeys('files');
    expect(left).toEqual([['c', 0]]);
    await db.clear(null);
    expect(await db['connection']?.getAllKeys('files')).toEqual([]);
  });

  it('is there also where an earlier version stored it within the message', async () => {
    const entry = parcel('a');
    const before = await stubborn(3, (db) => {
      db.createObjectStore('outgoing', { keyPath: 'clientId' }).createIndex('userId', 'userId');
      db.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
      db.createObjectStore('pieces', { keyPath: ['userId', 'room', 'recording', 'number'] });
    });
    const tx = before.transaction('outgoing', 'readwrite');
    tx.objectStore('outgoing').put(entry);
    await new Promise((resolve) => (tx.oncomplete = resolve));
    before.close();
    const db = await Database.open(name);
    for (let visit = 0; visit < 2; visit += 1) {
      await db.adopt(MIRA, (stored) => stored as Outgoing);
      expect(await textsOf((await storedIn(db))[0])).toEqual(['What a says.']);
    }
    const files = countsFiles();
    await db.put(entry);
    expect(files()).toBe(0);
  });
});

describe('a newer version of the app', () => {
  it('gets the database at once, and this one goes on without', async () => {
    const db = await Database.open(name);
    const states: DatabaseState[] = [];
    db.onState = (state) => states.push(state);
    await db.put(message('a'));
    const newer = await stubborn(99);
    expect(states).toEqual(['superseded']);
    await expect(db.put(message('b'))).rejects.toThrow('There is no database.');
    await expect(db.draft(MIRA, 'tea')).rejects.toThrow('There is no database.');
    newer.close();
    await expect(db.remove('a')).rejects.toThrow('There is no database.');
  });

  it('that was here before leaves nothing that this one can use', async () => {
    (await stubborn(99)).close();
    const db = await Database.open(name);
    expect(db.state).toBe('unusable');
    await expect(db.put(message('a'))).rejects.toThrow();
  });
});

it('an old tab that does not let go keeps nobody waiting, and nothing is lost by it', async () => {
  const old = await firstVersion({ ...OLD, clientId: 'a', text: 'a' });
  const begun = performance.now();
  const db = await Database.open(name);
  expect(performance.now() - begun).toBeLessThan(PATIENCE_MS);
  expect(db.state).toBe('unusable');
  await expect(db.put(message('b'))).rejects.toThrow();
  const usable = new Promise((resolve) => (db.onState = resolve));
  old.close();
  expect(await usable).toBe('open');
  expect(await storedIn(db)).toEqual([message('a')]);
});

describe('a database that the browser takes away', () => {
  it('by deleting it is made anew', async () => {
    const db = await Database.open(name);
    await db.put(message('a'));
    const request = indexedDB.deleteDatabase(name);
    await new Promise((resolve) => (request.onsuccess = resolve));
    await db.put(message('b'));
    expect(await storedIn(db)).toEqual([message('b')]);
    expect(db.state).toBe('open');
  });

  it('by closing it is opened anew, also by two who want it at once', async () => {
    const db = await Database.open(name);
    await db.put(message('a'));
    const closed = new Promise((resolve) => db['connection']?.addEventListener('close', resolve));
    forceCloseDatabase(unwrap(db['connection'] as unknown as IDBPDatabase) as never);
    await closed;
    await Promise.all([db.put(message('b')), db.putDraft(MIRA, 'tea', 'half')]);
    expect(await storedIn(db)).toEqual([message('a'), message('b')]);
  });

  it('without a word is missed once, and opened anew', async () => {
    const db = await Database.open(name);
    db['connection']?.close();
    await expect(db.put(message('a'))).rejects.toThrow();
    await db.put(message('b'));
    expect(await storedIn(db)).toEqual([message('b')]);
  });

  it('for good is unusable, and says so', async () => {
    const db = await Database.open(name);
    const states: DatabaseState[] = [];
    db.onState = (state) => states.push(state);
    db['connection']?.close();
    await expect(db.put(message('a'))).rejects.toThrow();
    vi.spyOn(FakeFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
    await expect(db.put(message('b'))).rejects.toThrow('There is no database.');
    expect(states).toEqual(['unusable']);
  });
});

it('a database that has no space for something says so, and keeps what it has', async () => {
  const db = await Database.open(name);
  const states: DatabaseState[] = [];
  db.onState = (state) => states.push(state);
  await db.put(message('a'));
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('There is no space.', 'QuotaExceededError');
  });
  await expect(db.putDraft(MIRA, 'tea', 'half')).rejects.toThrow();
  expect(states).toEqual(['full']);
  put.mockRestore();
  await db.put(message('b'));
  expect(states).toEqual(['full']);
  expect(await storedIn(db)).toEqual([message('a'), message('b')]);
});

describe('a database that is unusable', () => {
  it.each<[string, () => void]>([
    ['is not there', () => vi.stubGlobal('indexedDB', undefined)],
    [
      'is full',
      () => {
        vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
          throw new DOMException('There is no space.', 'QuotaExceededError');
        });
      },
    ],
  ])('since it %s fails each use, and keeps nobody from starting', async (_, take) => {
    take();
    const db = await Database.open(name);
    expect(db.state).toBe('unusable');
    await expect(db.draft(MIRA, 'tea')).rejects.toThrow();
    await expect(db.clear(null)).rejects.toThrow();
    db.close();
  });

  it('since it never answers is waited for only so long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(FakeFactory.prototype, 'open').mockReturnValue(new IDBOpenDBRequest() as never);
    const opening = Database.open(name);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect((await opening).state).toBe('unusable');
  });
});
