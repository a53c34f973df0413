import 'fake-indexeddb/auto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { takeLock } from '../lib/locks';
import { Database } from './db';
import { Recordings, type Left, type Piece } from './recordings';

const [MIRA, RAHUL] = [1, 2];
let databases = 0;
let name: string;
let opened: Database[];
let locks: Locks;

beforeEach(() => {
  name = `recordings-${(databases += 1)}`;
  [opened, locks] = [[], new Locks()];
});

afterEach(() => {
  opened.forEach((db) => db.close());
  vi.restoreAllMocks();
});

/** The locks of a browser. */
class Locks {
  private readonly held = new Map<string, string>();
  private waiting: { tab: string; name: string; run: () => void }[] = [];

  takeFor =
    (tab: string): typeof takeLock =>
    (name, signal) =>
      new Promise((resolve) => {
        const run = () => {
          this.held.set(name, tab);
          resolve(() => this.free(name));
        };
        const giveUp = () => {
          this.waiting = this.waiting.filter((other) => other.run !== run);
          resolve(null);
        };
        if (signal.aborted) giveUp();
        else if (!this.held.has(name)) run();
        else this.waiting.push({ tab, name, run });
        signal.addEventListener('abort', giveUp);
      });

  /** A tab is gone with all that it held. */
  end(tab: string): void {
    for (const [name, holder] of this.held) if (holder === tab) this.free(name);
  }

  private free(name: string): void {
    this.held.delete(name);
    const next = this.waiting.find((other) => other.name === name);
    this.waiting = this.waiting.filter((other) => other !== next);
    next?.run();
  }
}

/** A tab in which somebody is signed in. */
class Tab {
  readonly sent = new Set<string>();
  readonly offered: Left[] = [];
  readonly giveUp = new AbortController();

  private constructor(
    readonly db: Database,
    readonly recordings: Recordings,
  ) {}

  static async open(tab: string, user = MIRA): Promise<Tab> {
    const db = await Database.open(name);
    opened.push(db);
    const take = locks.takeFor(tab);
    const self: Tab = new Tab(db, new Recordings(db, user, (id) => self.sent.has(id), take));
    return self;
  }

  /** What a recorder does in so many seconds. */
  records(seconds: number, room = 'tea'): string {
    const id = this.recordings.begin(room);
    for (let at = 0; at < seconds; at += 1) this.recordings.keep(id, at, piece(at));
    return id;
  }

  /** Comes to a room, and takes what is offered there, or does not. */
  comes(room = 'tea', takes = true): Promise<void> {
    const taken = (left: Left) => {
      this.offered.push(left);
      return takes;
    };
    return this.recordings.offer(room, taken, this.giveUp.signal);
  }

  async said(): Promise<string[]> {
    const blobs = this.offered.map(({ pieces }) => new Blob(pieces.map(({ data }) => data)));
    return Promise.all(blobs.map((blob) => blob.text()));
  }
}

function piece(at: number): Piece {
  return { data: new Blob([`${at} `]), durationMs: (at + 1) * 1_000, levels: [at / 10] };
}

describe('what is recorded', () => {
  it('is offered to the page after one that went, in the room where it was recorded', async () => {
    const before = await Tab.open('before');
    const id = before.records(3);
    locks.end('before');
    const next = await Tab.open('next');
    await next.comes('coffee');
    expect(next.offered).toEqual([]);
    await next.comes();
    expect(next.offered.map((left) => left.id)).toEqual([id]);
    expect(next.offered[0]?.pieces.map(({ durationMs }) => durationMs)).toEqual([
      1_000, 2_000, 3_000,
    ]);
    expect(await next.said()).toEqual(['0 1 2 ']);
  });

  it('is another tab’s only once its own is gone, and only one’s', async () => {
    const own = await Tab.open('own');
    const id = own.records(1);
    const [second, third] = [await Tab.open('second'), await Tab.open('third')];
    void second.comes();
    void third.comes();
    await own.db.recordings(MIRA, 'tea');
    expect([...second.offered, ...third.offered]).toEqual([]);
    locks.end('own');
    await vi.waitFor(() => expect([...second.offered, ...third.offered]).toHaveLength(1));
    // Whoever has it sends it, and nobody else is offered it then.
    await second.recordings.forget(id);
    await third.recordings.forget(id);
    await vi.waitFor(async () => expect((await own.db.recordings(MIRA, 'tea')).size).toBe(0));
    expect([...second.offered, ...third.offered]).toHaveLength(1);
  });

  it('is offered again where it was left, and where nobody took it', async () => {
    const tab = await Tab.open('tab');
    const id = tab.records(1);
    void tab.recordings.leave(id);
    await tab.comes('tea', false);
    await tab.comes();
    expect(tab.offered.map((left) => left.id)).toEqual([id, id]);
  });

  it('is not offered to who has left the room by then', async () => {
    const own = await Tab.open('own');
    own.records(1);
    const other = await Tab.open('other');
    const coming = other.comes();
    other.giveUp.abort();
    await coming;
    expect(other.offered).toEqual([]);
  });

  it('is forgotten once it is a message, also where the page went in between', async () => {
    const before = await Tab.open('before');
    const id = before.records(2);
    locks.end('before');
    const next = await Tab.open('next');
    next.sent.add(id);
    await next.comes();
    expect(next.offered).toEqual([]);
    expect(await next.db.recordings(MIRA, 'tea')).toEqual(new Set());
  });

  it('is forgotten with the message that the page after it sent', async () => {
    const before = await Tab.open('before');
    const id = before.records(2);
    locks.end('before');
    const next = await Tab.open('next');
    await next.recordings.forget(id, 'tea');
    await next.comes();
    expect(next.offered).toEqual([]);
  });

  it('is nobody else’s who uses this browser', async () => {
    (await Tab.open('before')).records(1);
    locks.end('before');
    const rahul = await Tab.open('next', RAHUL);
    await rahul.comes();
    expect(rahul.offered).toEqual([]);
  });

  it('is offered as far as it can be played', async () => {
    const before = await Tab.open('before');
    const id = before.records(2);
    before.recordings.keep(id, 3, piece(3));
    const headless = before.recordings.begin('tea');
    before.recordings.keep(headless, 1, piece(1));
    const damaged = { ...piece(2), data: 'no blob' as never };
    await before.db.putPiece({ userId: MIRA, room: 'tea', recording: id, number: 2, ...damaged });
    locks.end('before');
    const next = await Tab.open('next');
    await next.comes();
    expect(await next.said()).toEqual(['0 1 ']);
    expect(await next.db.recordings(MIRA, 'tea')).toEqual(new Set([id]));
  });
});

describe('a browser that keeps nothing', () => {
  it('keeps nobody from recording, and offers nothing', async () => {
    const tab = await Tab.open('tab');
    tab.db.close();
    const id = tab.records(1);
    await tab.comes();
    await tab.recordings.forget(id);
    expect(tab.offered).toEqual([]);
  });

  it('for a moment loses nothing that it could not read', async () => {
    const before = await Tab.open('before');
    const id = before.records(1);
    locks.end('before');
    const next = await Tab.open('next');
    vi.spyOn(next.db, 'pieces').mockRejectedValueOnce(new Error('The disk is slow.'));
    await next.comes();
    expect(next.offered).toEqual([]);
    await next.comes();
    expect(next.offered.map((left) => left.id)).toEqual([id]);
  });
});
