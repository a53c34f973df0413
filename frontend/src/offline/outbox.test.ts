import 'fake-indexeddb/auto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ClientFrame, Code, Problem } from '../api/types';
import { Clock, MemoryShelf } from '../testing/world';
import { openDatabase, type Database, type Outgoing } from './db';
import { loadDraft, saveDraft } from './drafts';
import { MOST_TRIES, Outbox, PATIENCE_MS } from './outbox';

type Send = Extract<ClientFrame, { type: 'message.send' }>;

const [MIRA, RAHUL] = [1, 2];
let databases = 0;
let name: string;
let opened: Database[];
let clock: Clock;
let living: Set<string>;
let ids: number;
let shelf: MemoryShelf;
/** What a tab waits for to hear that another one is gone. */
let ends: Map<string, () => void>;

beforeEach(() => {
  databases += 1;
  name = `adda-${databases}`;
  [opened, clock, living, ids] = [[], new Clock(), new Set(), 0];
  [shelf, ends] = [new MemoryShelf(), new Map()];
});

afterEach(() => opened.forEach((db) => db.close()));

/** A tab of the browser, with somebody signed in. */
class Tab {
  readonly sent: Send[] = [];
  shown: readonly Outgoing[] = [];
  isConnected = true;
  outbox!: Outbox;

  static async open(tab = 'tab-1', user = MIRA): Promise<Tab> {
    const self = new Tab();
    const db = await openDatabase(name);
    opened.push(db);
    living.add(tab);
    self.outbox = new Outbox(db, user, tab, {
      send: (frame) => {
        if (self.isConnected) self.sent.push(frame as Send);
        return self.isConnected;
      },
      livingTabs: () => Promise.resolve(new Set(living)),
      gone: (other) => new Promise((resolve) => ends.set(`${tab} of ${other}`, resolve)),
      after: clock.after,
      now: clock.now,
      uuid: () => `uuid-${++ids}`,
      shelf,
      changed: (entries) => (self.shown = entries),
    });
    await self.outbox.adopt();
    return self;
  }

  get texts(): string[] {
    return this.sent.map((frame) => frame.text);
  }

  get waiting(): string[] {
    return this.shown.map((entry) => entry.text);
  }

  async write(...texts: string[]): Promise<void> {
    for (const text of texts) await this.outbox.add('general', text);
  }

  async ok(): Promise<void> {
    await this.outbox.acknowledged(this.sent.at(-1)?.client_id ?? '');
  }

  refuse(code: Code, more: Partial<Problem> = {}): Promise<void> {
    const problem = { type: '', title: '', status: 400, detail: 'The server said no.', code };
    return this.outbox.refused(this.sent.at(-1)?.client_id ?? '', { ...problem, ...more });
  }
}

describe('what is written', () => {
  it('is sent at once, under an id of its own', async () => {
    const tab = await Tab.open();
    await tab.write('hello');
    expect(tab.sent).toEqual([
      { type: 'message.send', ref: 'uuid-1', room: 'general', client_id: 'uuid-1', text: 'hello' },
    ]);
    expect(tab.outbox.has('uuid-1')).toBe(true);
  });

  it('is shown before anything is waited for', async () => {
    const tab = await Tab.open();
    const adding = tab.outbox.add('general', 'hello');
    expect(tab.waiting).toEqual(['hello']);
    await adding;
  });

  it('is kept when the page goes before it is stored', async () => {
    const tab = await Tab.open();
    opened.forEach((db) => db.close());
    await tab.write('one', 'two');
    expect((await Tab.open('tab-2')).waiting).toEqual([]);
    living.delete('tab-1');
    expect((await Tab.open('tab-3', RAHUL)).waiting).toEqual([]);
    const next = await Tab.open('tab-4');
    expect(next.waiting).toEqual(['one', 'two']);
    expect(next.sent.map((frame) => frame.client_id)).toEqual(['uuid-1']);
    expect(shelf.length).toBe(0);
    living.clear();
    expect((await Tab.open('tab-5')).waiting).toEqual(['one', 'two']);
  });

  it('leaves nothing on the shelf once the database or the server has it', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    expect(shelf.length).toBe(0);
    opened.forEach((db) => db.close());
    await tab.write('two');
    expect(shelf.length).toBe(1);
    await tab.ok();
    await tab.ok();
    expect(shelf.length).toBe(0);
  });

  it('is shown until the server has it', async () => {
    const tab = await Tab.open();
    await tab.write('hello');
    await tab.ok();
    expect(tab.waiting).toEqual([]);
    expect(tab.outbox.has('uuid-1')).toBe(false);
    expect((await Tab.open('tab-2')).waiting).toEqual([]);
  });

  it('goes one after the other in a room, in the order of writing', async () => {
    const tab = await Tab.open();
    await tab.write('one', 'two', 'three');
    expect(tab.texts).toEqual(['one']);
    await tab.ok();
    expect(tab.texts).toEqual(['one', 'two']);
    await tab.ok();
    await tab.ok();
    expect(tab.texts).toEqual(['one', 'two', 'three']);
    expect(tab.waiting).toEqual([]);
  });

  it('in one room does not wait for another', async () => {
    const tab = await Tab.open();
    await tab.outbox.add('general', 'one');
    await tab.outbox.add('tea', 'two');
    expect(tab.sent.map((frame) => frame.room)).toEqual(['general', 'tea']);
  });

  it('keeps its order also when no time passes, and when the clock goes back', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('one', 'two');
    clock.time -= 60_000;
    await tab.write('three');
    living.clear();
    const next = await Tab.open('tab-2');
    await next.write('four');
    living.clear();
    expect((await Tab.open('tab-3')).waiting).toEqual(['one', 'two', 'three', 'four']);
  });

  it('is sent also where the browser can store nothing', async () => {
    const tab = await Tab.open();
    opened.forEach((db) => db.close());
    await tab.write('one', 'two');
    expect(tab.texts).toEqual(['one']);
    await tab.ok();
    expect(tab.texts).toEqual(['one', 'two']);
    await tab.ok();
    expect(tab.waiting).toEqual([]);
  });

  it('can be taken back', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('one', 'two');
    await tab.outbox.discard('uuid-1');
    tab.isConnected = true;
    tab.outbox.connected();
    expect(tab.texts).toEqual(['two']);
  });
});

describe('without a connection', () => {
  it('everything is kept, and sent when it is back', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('one', 'two');
    expect(tab.texts).toEqual([]);
    tab.isConnected = true;
    tab.outbox.connected();
    expect(tab.texts).toEqual(['one']);
    await tab.ok();
    expect(tab.texts).toEqual(['one', 'two']);
  });

  it('what was not answered is sent again under the same id', async () => {
    const tab = await Tab.open();
    await tab.write('one', 'two');
    tab.outbox.connected();
    expect(tab.sent.map((frame) => frame.client_id)).toEqual(['uuid-1', 'uuid-1']);
    await tab.ok();
    // The first answer comes after all: it is about nothing any more.
    await tab.outbox.acknowledged('uuid-1');
    expect(tab.texts).toEqual(['one', 'one', 'two']);
  });
});

describe('a refusal', () => {
  it.each<Code>(['rate_limited', 'unavailable', 'internal'])(
    'that does not last (%s) is a pause',
    async (code) => {
      const tab = await Tab.open();
      await tab.write('one');
      await tab.refuse(code, { retry_after_ms: 700 });
      await tab.write('two');
      await clock.pass(699);
      expect(tab.texts).toEqual(['one']);
      await clock.pass(1);
      expect(tab.texts).toEqual(['one', 'one']);
      expect(tab.shown.every((entry) => entry.refusal === undefined)).toBe(true);
      await tab.ok();
      expect(tab.texts).toEqual(['one', 'one', 'two']);
    },
  );

  it('that names no time is a pause all the same', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('unavailable');
    await clock.pass(2_000);
    expect(tab.texts).toEqual(['one', 'one']);
  });

  it('that does not last ends with the connection', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('unavailable', { retry_after_ms: 60_000 });
    tab.outbox.connected();
    expect(tab.texts).toEqual(['one', 'one']);
    await tab.ok();
    expect(clock.isIdle).toBe(true);
  });

  it('that lasts is shown, and what follows is sent', async () => {
    const tab = await Tab.open();
    await tab.write('one', 'two');
    await tab.refuse('not_a_member');
    const refusal = { code: 'not_a_member', detail: 'The server said no.' };
    expect(tab.shown.map((entry) => entry.refusal)).toEqual([refusal, undefined]);
    expect(tab.texts).toEqual(['one', 'two']);
  });

  it('that lasts is remembered by the next page', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('invalid_input');
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.shown[0]?.refusal?.detail).toBe('The server said no.');
    expect(next.sent).toEqual([]);
  });

  it('can be answered by trying again, or by giving up', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('not_a_member');
    await tab.outbox.retry('uuid-1');
    expect(tab.sent.map((frame) => frame.client_id)).toEqual(['uuid-1', 'uuid-1']);
    expect(tab.shown[0]).not.toHaveProperty('refusal');
    await tab.refuse('not_a_member');
    await tab.outbox.discard('uuid-1');
    expect(tab.waiting).toEqual([]);
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual([]);
  });
});

describe('what holds up nothing else', () => {
  it('is a pause of one room', async () => {
    const tab = await Tab.open();
    await tab.outbox.add('general', 'one');
    await tab.refuse('unavailable', { retry_after_ms: 60_000 });
    await tab.outbox.add('tea', 'two');
    expect(tab.texts).toEqual(['one', 'two']);
  });

  it('is a message that breaks the server each time', async () => {
    const tab = await Tab.open();
    await tab.write('poison', 'two');
    for (let tries = 1; tries < MOST_TRIES; tries += 1) {
      await tab.refuse('internal');
      expect(tab.texts).toHaveLength(tries);
      await clock.pass(2_000 * 2 ** (tries - 1));
      expect(tab.texts.slice(tries)).toEqual(['poison']);
    }
    await tab.refuse('internal');
    expect(tab.texts.at(-1)).toBe('two');
    expect(tab.shown.map(({ refusal }) => refusal?.code)).toEqual(['internal', undefined]);
  });

  it('is a server that is away for long: that is nobody’s fault', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    for (let tries = 0; tries < 20; tries += 1) {
      await tab.refuse('unavailable', { retry_after_ms: 30_000 });
      await clock.pass(30_000);
      await clock.pass(PATIENCE_MS);
    }
    expect(tab.shown[0]).not.toHaveProperty('refusal');
    await tab.ok();
    expect(tab.waiting).toEqual([]);
  });

  it('is a message that nobody answers on a connection that stands', async () => {
    const tab = await Tab.open();
    await tab.write('unheard', 'two');
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.texts).toEqual([...Array<string>(MOST_TRIES).fill('unheard'), 'two']);
    expect(new Set(tab.sent.slice(0, MOST_TRIES).map((frame) => frame.client_id)).size).toBe(1);
    expect(tab.shown[0]?.refusal?.code).toBe('unanswered');
    await tab.outbox.discard('uuid-1');
    expect(tab.waiting).toEqual(['two']);
  });

  it('is not one that the server has, however long it takes to stand in its room', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    tab.outbox.taken('uuid-1');
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.texts).toEqual(['one']);
    expect(tab.shown[0]).not.toHaveProperty('refusal');
  });

  it('is not one that waits without a connection', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    tab.outbox.disconnected();
    tab.isConnected = false;
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.shown[0]).not.toHaveProperty('refusal');
  });

  it('is what the server ended the connection for', async () => {
    const tab = await Tab.open();
    await tab.write('too much', 'two');
    expect(await tab.outbox.blamed()).toBe(true);
    tab.outbox.connected();
    expect(tab.shown.map(({ refusal }) => refusal?.code)).toEqual(['unreadable', undefined]);
    expect(tab.texts.at(-1)).toBe('two');
  });

  it('is one that is given up while it is on its way', async () => {
    const tab = await Tab.open();
    await tab.write('stuck', 'two');
    await tab.outbox.discard('uuid-1');
    expect(tab.texts).toEqual(['stuck', 'two']);
    expect(tab.waiting).toEqual(['two']);
  });

  it('is one that is given up while what is stored is read', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('one');
    const adopting = tab.outbox.adopt();
    await tab.outbox.discard('uuid-1');
    await adopting;
    expect(tab.waiting).toEqual([]);
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual([]);
  });
});

describe('what was damaged where it is stored', () => {
  it('is passed over, and the others are sent', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('whole');
    const [db] = opened;
    const whole = tab.shown[0];
    const broken: object[] = [
      { text: undefined },
      { text: { half: 'of it' } },
      { room: 7 },
      { at: NaN },
      { at: 1e30 },
      { at: '2026' },
      { tab: null },
      { refusal: null },
      { refusal: 'no' },
    ];
    for (const [at, change] of broken.entries()) {
      const entry = { ...whole, clientId: `broken-${at}`, ...change } as unknown as Outgoing;
      await db?.put('outgoing', entry);
    }
    const places = ['', '{', 'null', '7', '[]', '{"userId":1}', '{"userId":1,"clientId":"x"}'];
    places.forEach((text, at) => shelf.setItem(`adda.outgoing.broken-${at}`, text));
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.waiting).toEqual(['whole']);
    expect(next.texts).toEqual(['whole']);
  });

  it('is no draft', async () => {
    const db = await openDatabase(name);
    opened.push(db);
    await saveDraft(db, MIRA, 'tea', { length: 4 } as unknown as string);
    expect(await loadDraft(db, MIRA, 'tea')).toBe('');
  });
});

describe('what a tab left behind', () => {
  it('survives a reload, and is sent under the same id', async () => {
    const tab = await Tab.open();
    await tab.write('one', 'two');
    living.delete('tab-1');
    const next = await Tab.open('tab-2');
    expect(next.waiting).toEqual(['one', 'two']);
    expect(next.sent.map((frame) => frame.client_id)).toEqual(['uuid-1']);
  });

  it('is not touched while it lives', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    const other = await Tab.open('tab-2');
    expect(other.waiting).toEqual([]);
    expect(other.sent).toEqual([]);
  });

  it('is taken over by one that lives when it asks again', async () => {
    const tab = await Tab.open();
    const other = await Tab.open('tab-2');
    await tab.write('one');
    await clock.pass(1);
    await other.write('two');
    living.delete('tab-1');
    await other.outbox.adopt();
    expect(other.waiting).toEqual(['one', 'two']);
    await other.outbox.adopt();
    expect(other.waiting).toEqual(['one', 'two']);
  });

  it('is waited for by one that lives', async () => {
    const tab = await Tab.open();
    const other = await Tab.open('tab-2');
    await tab.write('one');
    living.delete('tab-1');
    ends.get('tab-2 of tab-1')?.();
    await vi.waitFor(() => expect(other.texts).toEqual(['one']));
  });

  it('is waited for by nobody who signed out', async () => {
    const tab = await Tab.open();
    const other = await Tab.open('tab-2');
    await tab.write('one');
    other.outbox.close();
    living.delete('tab-1');
    ends.get('tab-2 of tab-1')?.();
    expect((await Tab.open('tab-3')).texts).toEqual(['one']);
    expect(other.waiting).toEqual([]);
  });

  it('is taken over by one tab alone', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    living.delete('tab-1');
    const [second, third] = [await Tab.open('tab-2'), await Tab.open('tab-3')];
    expect([...second.texts, ...third.texts]).toEqual(['one']);
  });

  it('is nobody else’s who uses this browser', async () => {
    const tab = await Tab.open();
    await tab.write('a secret');
    living.clear();
    const other = await Tab.open('tab-2', RAHUL);
    expect(other.waiting).toEqual([]);
    living.clear();
    expect((await Tab.open('tab-3', MIRA)).waiting).toEqual(['a secret']);
  });
});

describe('drafts', () => {
  it('are kept a room and a person', async () => {
    const db = await openDatabase(name);
    opened.push(db);
    await saveDraft(db, MIRA, 'general', 'hel');
    await saveDraft(db, MIRA, 'tea', 'milk');
    await saveDraft(db, RAHUL, 'general', 'mine');
    expect(await loadDraft(db, MIRA, 'general')).toBe('hel');
    expect(await loadDraft(db, MIRA, 'tea')).toBe('milk');
    expect(await loadDraft(db, RAHUL, 'general')).toBe('mine');
    expect(await loadDraft(db, RAHUL, 'tea')).toBe('');
  });

  it('that are emptied are gone', async () => {
    const db = await openDatabase(name);
    opened.push(db);
    await saveDraft(db, MIRA, 'general', 'hel');
    await saveDraft(db, MIRA, 'general', '');
    expect(await db.count('drafts')).toBe(0);
  });
});
