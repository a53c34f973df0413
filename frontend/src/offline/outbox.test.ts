import 'fake-indexeddb/auto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Refused } from '../api/errors';
import type { ClientFrame, Code, Problem } from '../api/types';
import type { Course } from '../api/resumable';
import { Clock, MemoryStorage } from '../testing/world';
import { Database } from './db';
import { MOST_TRIES, Outbox, PATIENCE_MS } from './outbox';
import {
  loadsOf,
  shareSent,
  type Load,
  type Outgoing,
  type Parcel,
  type Refusal,
  type Voice,
} from './outgoing';
import { OutgoingStore, PATIENCE_MS as STORE_PATIENCE_MS } from './outgoingStore';

type Send = Extract<ClientFrame, { type: 'message.send' }>;

const [MIRA, RAHUL] = [1, 2];
let databases = 0;
let name: string;
let opened: Database[];
let clock: Clock;
let living: Set<string>;
let ids: number;
let local: MemoryStorage;
/** What a tab waits for to hear that another one is gone. */
let ends: Map<string, () => void>;

beforeEach(() => {
  databases += 1;
  name = `adda-${databases}`;
  [opened, clock, living, ids] = [[], new Clock(), new Set(), 0];
  [local, ends] = [new MemoryStorage(), new Map()];
});

afterEach(() => opened.forEach((db) => db.close()));

const said = (text: string) => ({ kind: 'text', text }) as const;

/** What an upload is refused with. */
const no = ({ code, detail }: Refusal, more: Partial<Problem> = {}) =>
  new Refused({ type: '', title: '', status: 400, code: code as Code, detail, ...more });

/** A tab of the browser, with somebody signed in. */
class Tab {
  readonly sent: Send[] = [];
  shown: readonly Outgoing[] = [];
  isConnected = true;
  /** What becomes of the next uploads. */
  upload: (load: Load, watch: Course) => Promise<string> = () =>
    Promise.reject(new Error('nothing is uploaded'));
  /** The uploads that the server need not wait for. */
  readonly givenUp: string[] = [];
  /** The messages of which nothing else need be kept. */
  readonly stored = new Set<string>();
  outbox!: Outbox;

  static async open(tab = 'tab-1', user = MIRA): Promise<Tab> {
    const self = new Tab();
    const db = await Database.open(name);
    opened.push(db);
    living.add(tab);
    self.outbox = new Outbox(new OutgoingStore(db, local, user), user, tab, {
      send: (frame) => {
        if (self.isConnected) self.sent.push(frame as Send);
        return self.isConnected;
      },
      upload: (load, watch) => self.upload(load, watch),
      giveUp: (upload) => self.givenUp.push(upload),
      encode: async (file) => `data:${file.type};base64,${btoa(await file.text())}`,
      livingTabs: () => Promise.resolve(new Set(living)),
      gone: (other) => new Promise((resolve) => ends.set(`${tab} of ${other}`, resolve)),
      after: clock.after,
      now: clock.now,
      uuid: () => `uuid-${++ids}`,
      stored: ({ clientId }) => self.stored.add(clientId),
      changed: (entries) => (self.shown = entries),
    });
    await self.outbox.adopt();
    return self;
  }

  get texts(): (string | undefined)[] {
    return this.sent.map((frame) => frame.text);
  }

  /** Why each of what is shown was refused. */
  get refusals(): (Refusal | null)[] {
    return this.shown.map(({ state }) => (state.kind === 'refused' ? state.refusal : null));
  }

  get waiting(): string[] {
    return this.shown.map(({ content }) => (content.kind === 'voice' ? 'a voice' : content.text));
  }

  async write(...texts: string[]): Promise<void> {
    for (const text of texts) await this.outbox.add('general', said(text));
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
    const adding = tab.outbox.add('general', said('hello'));
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
    expect(local.length).toBe(0);
    living.clear();
    expect((await Tab.open('tab-5')).waiting).toEqual(['one', 'two']);
  });

  it('is sent although the database never answers', async () => {
    const tab = await Tab.open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const put = vi.spyOn(Database.prototype, 'put').mockReturnValue(new Promise(() => {}));
    try {
      const written = tab.write('one');
      expect(tab.texts).toEqual([]);
      await vi.advanceTimersByTimeAsync(STORE_PATIENCE_MS);
      await written;
      expect(tab.texts).toEqual(['one']);
      expect(local.length).toBe(1);
    } finally {
      put.mockRestore();
      vi.useRealTimers();
    }
  });

  it('leaves nothing in localStorage once the database or the server has it', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    expect(local.length).toBe(0);
    opened.forEach((db) => db.close());
    await tab.write('two');
    expect(local.length).toBe(1);
    await tab.ok();
    await tab.ok();
    expect(local.length).toBe(0);
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
    await tab.outbox.add('general', said('one'));
    await tab.outbox.add('tea', said('two'));
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
      expect(tab.refusals.every((refusal) => refusal === null)).toBe(true);
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
    expect(tab.refusals).toEqual([refusal, null]);
    expect(tab.texts).toEqual(['one', 'two']);
  });

  it('because the server has something under that id says that it has the message', async () => {
    const tab = await Tab.open();
    await tab.write('one', 'two');
    await tab.refuse('client_id_reused');
    expect(tab.waiting).toEqual(['two']);
    expect(tab.texts).toEqual(['one', 'two']);
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual(['two']);
  });

  it('that lasts is remembered by the next page', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('invalid_input');
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.refusals[0]?.detail).toBe('The server said no.');
    expect(next.sent).toEqual([]);
  });

  it('can be answered by trying again, or by giving up', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.refuse('not_a_member');
    await tab.outbox.retry('uuid-1');
    expect(tab.sent.map((frame) => frame.client_id)).toEqual(['uuid-1', 'uuid-1']);
    expect(tab.refusals[0]).toBeNull();
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
    await tab.outbox.add('general', said('one'));
    await tab.refuse('unavailable', { retry_after_ms: 60_000 });
    await tab.outbox.add('tea', said('two'));
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
    expect(tab.refusals.map((refusal) => refusal?.code)).toEqual(['internal', undefined]);
  });

  it('is a server that is away for long: that is nobody’s fault', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    for (let tries = 0; tries < 20; tries += 1) {
      await tab.refuse('unavailable', { retry_after_ms: 30_000 });
      await clock.pass(30_000);
      await clock.pass(PATIENCE_MS);
    }
    expect(tab.refusals[0]).toBeNull();
    await tab.ok();
    expect(tab.waiting).toEqual([]);
  });

  it('is a message that nobody answers on a connection that stands', async () => {
    const tab = await Tab.open();
    await tab.write('unheard', 'two');
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.texts).toEqual([...Array<string>(MOST_TRIES).fill('unheard'), 'two']);
    expect(new Set(tab.sent.slice(0, MOST_TRIES).map((frame) => frame.client_id)).size).toBe(1);
    expect(tab.refusals[0]?.code).toBe('unanswered');
    await tab.outbox.discard('uuid-1');
    expect(tab.waiting).toEqual(['two']);
  });

  it('is not one that the server has, however long it takes to stand in its room', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    tab.outbox.taken('uuid-1');
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.texts).toEqual(['one']);
    expect(tab.refusals[0]).toBeNull();
  });

  it('is not one that waits without a connection', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    tab.outbox.disconnected();
    tab.isConnected = false;
    await clock.pass(MOST_TRIES * PATIENCE_MS);
    expect(tab.refusals[0]).toBeNull();
  });

  it('is what the server ended the connection for', async () => {
    const tab = await Tab.open();
    await tab.write('too much', 'two');
    expect(await tab.outbox.blamed()).toBe(true);
    tab.outbox.connected();
    expect(tab.refusals.map((refusal) => refusal?.code)).toEqual(['unreadable', undefined]);
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
  let reported: string[];

  beforeEach(() => {
    reported = [];
    vi.stubGlobal('reportError', (error: Error) => reported.push(error.message));
  });

  afterEach(() => void vi.unstubAllGlobals());

  it('is passed over and reported once, and the others are sent', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('whole');
    const [db] = opened;
    const whole = tab.shown[0];
    const broken: object[] = [
      { content: undefined },
      { content: 'text' },
      { content: { kind: 'text', text: { half: 'of it' } } },
      { content: { kind: 'of a later version', text: 'a' } },
      { room: 7 },
      { at: NaN },
      { at: 1e30 },
      { at: '2026' },
      { tab: null },
      { state: null },
      { state: { kind: 'of a later version' } },
      { state: { kind: 'refused' } },
      { state: { kind: 'refused', refusal: 'no' } },
    ];
    for (const [at, change] of broken.entries()) {
      const entry = { ...whole, clientId: `broken-${at}`, ...change };
      await db?.['connection']?.put('outgoing', entry);
    }
    const texts = ['', '{', 'null', '7', '[]', '{"userId":1}', '{"userId":1,"clientId":"x"}'];
    texts.forEach((text, at) => local.setItem(`adda.outgoing.local-${at}`, text));
    local.setItem('adda.outgoing.of-another', '{"userId":2}');
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.waiting).toEqual(['whole']);
    expect(next.texts).toEqual(['whole']);
    expect(reported).toHaveLength(broken.length + texts.length);
    expect(reported).toContain('The stored message broken-0 is damaged and passed over.');
    await next.outbox.adopt();
    expect(reported).toHaveLength(broken.length + texts.length);
  });

  it('is no draft', async () => {
    const db = await Database.open(name);
    opened.push(db);
    await db.putDraft(MIRA, 'tea', { length: 4 } as unknown as string);
    expect(await db.draft(MIRA, 'tea')).toBe('');
    expect(reported).toEqual(['The draft in tea is damaged and passed over.']);
  });
});

describe('a database that fails', () => {
  it('does not bring back what was given up', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    await tab.write('never mind', 'mind');
    const [db] = opened as [Database];
    vi.spyOn(db, 'remove').mockRejectedValue(new Error('not now'));
    await tab.outbox.discard('uuid-1');
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.waiting).toEqual(['mind']);
    expect(local.length).toBe(0);
    living.clear();
    expect((await Tab.open('tab-3')).waiting).toEqual(['mind']);
  });

  it('lets the next page know what was refused since', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    opened.forEach((db) => db.close());
    await tab.refuse('not_a_member');
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.refusals.map((refusal) => refusal?.code)).toEqual(['not_a_member']);
    expect(next.sent).toEqual([]);
    expect(local.length).toBe(0);
  });

  it('has what was written meanwhile once it is there', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    const [db] = opened as [Database];
    const put = vi.spyOn(db, 'put').mockRejectedValue(new Error('not now'));
    await tab.write('one');
    expect(local.length).toBe(1);
    put.mockRestore();
    await tab.outbox.adopt();
    expect(local.length).toBe(0);
    expect(tab.waiting).toEqual(['one']);
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual(['one']);
  });

  it('keeps nothing of messages that it never had', async () => {
    const tab = await Tab.open();
    opened.forEach((db) => db.close());
    await tab.write('one', 'two');
    await tab.ok();
    await tab.outbox.discard('uuid-2');
    expect(local.length).toBe(0);
  });
});

describe('the state of a message', () => {
  it('is ready until it is sent, and again when nobody answered', async () => {
    const tab = await Tab.open();
    const states = () => tab.shown.map(({ state }) => state.kind);
    tab.isConnected = false;
    await tab.write('one', 'two');
    expect(states()).toEqual(['ready', 'ready']);
    tab.isConnected = true;
    tab.outbox.connected();
    expect(states()).toEqual(['sending', 'ready']);
    tab.outbox.disconnected();
    expect(states()).toEqual(['ready', 'ready']);
  });

  it('is ready for whoever takes it over', async () => {
    const tab = await Tab.open();
    await tab.write('one');
    await tab.outbox.adopt();
    living.clear();
    const next = await Tab.open('tab-2');
    expect(next.sent.map((frame) => frame.client_id)).toEqual(['uuid-1']);
  });
});

it('what the first version put aside is taken as well', async () => {
  const entry = { clientId: 'old', userId: MIRA, room: 'general', text: 'old', at: 1, tab: 'gone' };
  local.setItem('adda.outgoing.old', JSON.stringify(entry));
  const tab = await Tab.open();
  expect(tab.texts).toEqual(['old']);
  expect(local.length).toBe(0);
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

describe('a short voice message', () => {
  const spoken: Voice = {
    kind: 'voice',
    recording: new Blob(['aloud'], { type: 'audio/webm' }),
    durationMs: 3_000,
    media: null,
  };
  const audio = { data: 'data:audio/webm;base64,YWxvdWQ=' };

  it('goes within its frame, also when it is asked again, tried again or taken over', async () => {
    const tab = await Tab.open();
    const { clientId } = await tab.outbox.add('general', spoken);
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ client_id: clientId, audio }]));
    expect(tab.sent[0]?.media).toBeUndefined();
    tab.outbox.disconnected();
    tab.outbox.connected();
    await vi.waitFor(() => expect(tab.sent).toHaveLength(2));
    await tab.outbox.refused(clientId, { code: 'invalid_input', detail: 'No.' } as Problem);
    expect(tab.refusals).toMatchObject([{ code: 'invalid_input', about: 'audio' }]);
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(tab.sent).toHaveLength(3));
    tab.outbox.close();
    living.clear();
    const next = await Tab.open('tab-2');
    await vi.waitFor(() => expect(next.sent).toMatchObject([{ client_id: clientId, audio }]));
    await next.outbox.acknowledged(clientId);
    expect(next.waiting).toEqual([]);
  });

  it('does not wait for a file that is uploaded', async () => {
    const tab = await Tab.open();
    tab.upload = () => new Promise(() => {});
    const long = new Blob([new Uint8Array(300_000)], { type: 'audio/webm' });
    await tab.outbox.add('general', { ...spoken, recording: long });
    await tab.outbox.add('general', spoken);
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ audio }]));
  });
});

describe('a long voice message', () => {
  const spoken = (media: string | null = null): Voice => ({
    kind: 'voice',
    recording: new Blob(['aloud'.repeat(60_000)], { type: 'audio/webm' }),
    durationMs: 3_000,
    media,
  });

  it('is sent once it is uploaded, and lets what is written after it go first', async () => {
    const tab = await Tab.open();
    let uploaded: (media: string) => void = () => {};
    tab.upload = () => new Promise((resolve) => (uploaded = resolve));
    await tab.outbox.add('general', spoken());
    await tab.write('after it');
    expect(tab.texts).toEqual(['after it']);
    uploaded('media-1');
    await vi.waitFor(() => expect(tab.shown[0]?.state.kind).toBe('ready'));
    const [{ clientId }] = [tab.shown[1] as Outgoing];
    await tab.outbox.acknowledged(clientId);
    expect(tab.sent.at(-1)).toMatchObject({ media: ['media-1'] });
    expect(tab.sent.at(-1)?.text).toBeUndefined();
  });

  it('is uploaded again after a while, and at once when the connection is back', async () => {
    const tab = await Tab.open();
    let tries = 0;
    tab.upload = () => {
      tries += 1;
      return Promise.reject(new Error('away'));
    };
    await tab.outbox.add('general', spoken());
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    expect(tries).toBe(1);
    await clock.pass(1_999);
    expect(tries).toBe(1);
    await clock.pass(1);
    await vi.waitFor(() => expect(tries).toBe(2));
    tab.upload = () => Promise.resolve('media-1');
    tab.outbox.disconnected();
    tab.outbox.connected();
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ media: ['media-1'] }]));
  });

  it('that breaks the server each time is refused, and not one whose server is away', async () => {
    const tab = await Tab.open();
    let tries = 0;
    let answer = () => no({ code: 'unavailable', detail: 'Busy.' }, { status: 503 });
    tab.upload = () => {
      tries += 1;
      return Promise.reject(answer());
    };
    const { clientId } = await tab.outbox.add('general', spoken());
    await vi.waitFor(() => expect(tries).toBe(1));
    for (let at = 0; at < 6; at += 1) await clock.pass(30_000);
    expect(tries).toBeGreaterThan(MOST_TRIES);
    expect(tab.refusals).toEqual([null]);
    tries = 0;
    answer = () => no({ code: 'internal', detail: 'It broke.' }, { status: 500 });
    for (let at = 0; at < 6; at += 1) await clock.pass(30_000);
    expect(tries).toBe(MOST_TRIES);
    const refusal = { code: 'internal', detail: 'It broke.', about: 'audio' };
    await vi.waitFor(() => expect(tab.refusals).toEqual([refusal]));
    tab.upload = () => Promise.resolve('media-1');
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ media: ['media-1'] }]));
  });

  it('is uploaded again when the server says, where it says so', async () => {
    const tab = await Tab.open();
    let tries = 0;
    tab.upload = () => {
      tries += 1;
      const refusal: Refusal = { code: 'rate_limited', detail: 'Too many.' };
      return Promise.reject(no(refusal, { status: 429, retry_after_ms: 60_000 }));
    };
    await tab.outbox.add('general', spoken());
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    expect(tries).toBe(1);
    await clock.pass(59_999);
    expect(tries).toBe(1);
    await clock.pass(1);
    await vi.waitFor(() => expect(tries).toBe(2));
  });

  it('is refused where it cannot be decoded, and uploaded anew when it is tried again', async () => {
    const tab = await Tab.open();
    const refusal: Refusal = { code: 'invalid_input', detail: 'That is no recording.' };
    tab.upload = () => Promise.reject(no(refusal));
    const { clientId } = await tab.outbox.add('general', spoken());
    await vi.waitFor(() => expect(tab.refusals).toEqual([{ ...refusal, about: 'audio' }]));
    tab.upload = () => Promise.resolve('media-2');
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ media: ['media-2'] }]));
    // The upload was forgotten meanwhile.
    const problem = { code: 'invalid_input', detail: 'No such upload.' } as Problem;
    await tab.outbox.refused(clientId, problem);
    tab.upload = () => Promise.resolve('media-3');
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(tab.sent.at(-1)).toMatchObject({ media: ['media-3'] }));
  });

  it('outlives the page with what was recorded, and stands in no `localStorage`', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    tab.upload = () => new Promise(() => {});
    await tab.outbox.add('general', spoken());
    expect(local.length).toBe(0);
    living.clear();
    const next = await Tab.open('tab-2');
    const recordings: Blob[] = [];
    next.upload = ({ file }) => {
      recordings.push(file);
      return Promise.resolve('media-1');
    };
    // It was tried in vain at first.
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    next.outbox.connected();
    await vi.waitFor(() => expect(next.sent).toMatchObject([{ media: ['media-1'] }]));
    expect(await recordings[0]?.text()).toBe('aloud'.repeat(60_000));
  });

  it('goes under the id that it was recorded under, once', async () => {
    const tab = await Tab.open();
    tab.upload = () => Promise.resolve('media-1');
    await tab.outbox.add('general', spoken(), 'recording-1');
    await tab.outbox.add('general', spoken(), 'recording-1');
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ client_id: 'recording-1' }]));
    expect(tab.shown).toHaveLength(1);
  });

  it('is all that is kept of a recording once it is stored, and not before', async () => {
    const tab = await Tab.open();
    tab.isConnected = false;
    tab.upload = () => new Promise(() => {});
    const [db] = opened as [Database];
    const full = new DOMException('There is no space.', 'QuotaExceededError');
    const put = vi.spyOn(db, 'put').mockRejectedValue(full);
    await tab.outbox.add('general', spoken(), 'recording-1');
    await tab.outbox.add('general', spoken(), 'recording-2');
    expect([...tab.stored]).toEqual([]);
    await tab.outbox.discard('recording-2');
    expect([...tab.stored]).toEqual(['recording-2']);
    put.mockRestore();
    // There is space again.
    await tab.outbox.adopt();
    await vi.waitFor(() => expect([...tab.stored]).toEqual(['recording-2', 'recording-1']));
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual(['a voice']);
  });

  it('is known for as long as the page stands, also once the server has it', async () => {
    const tab = await Tab.open();
    tab.upload = () => new Promise(() => {});
    await tab.outbox.add('general', spoken(), 'recording-1');
    await tab.outbox.acknowledged('recording-1');
    const knows = ['recording-1', 'recording-2'].map((id) => tab.outbox.knows(id));
    expect(knows).toEqual([true, false]);
  });

  it('that was given up while it was uploaded is not sent', async () => {
    const tab = await Tab.open();
    let uploaded: (media: string) => void = () => {};
    tab.upload = () => new Promise((resolve) => (uploaded = resolve));
    const { clientId } = await tab.outbox.add('general', spoken());
    await tab.outbox.discard(clientId);
    uploaded('media-1');
    await tab.write('something else');
    expect(tab.sent).toMatchObject([{ text: 'something else' }]);
    expect(tab.waiting).toEqual(['something else']);
  });
});

describe('drafts', () => {
  it('are kept a room and a person', async () => {
    const db = await Database.open(name);
    opened.push(db);
    await db.putDraft(MIRA, 'general', 'hel');
    await db.putDraft(MIRA, 'tea', 'milk');
    await db.putDraft(RAHUL, 'general', 'mine');
    expect(await db.draft(MIRA, 'general')).toBe('hel');
    expect(await db.draft(MIRA, 'tea')).toBe('milk');
    expect(await db.draft(RAHUL, 'general')).toBe('mine');
    expect(await db.draft(RAHUL, 'tea')).toBe('');
  });

  it('that are emptied are gone', async () => {
    const db = await Database.open(name);
    opened.push(db);
    await db.putDraft(MIRA, 'general', 'hel');
    await db.putDraft(MIRA, 'general', '');
    expect(await db.draft(MIRA, 'general')).toBe('');
  });
});

describe('pictures and files', () => {
  const parcel = (text = '', ...names: string[]): Parcel => ({
    kind: 'parcel',
    text,
    attachments: names.map((name) => ({
      ...(name.endsWith('.png') ? { kind: 'image', width: 4, height: 3 } : { kind: 'file' }),
      file: new Blob([name.padEnd(100)]),
      name,
      media: null,
    })),
  });

  /** Uploads that end when they are told to, by the name of the file. */
  function held(tab: Tab) {
    const uploads = new Map<string, { end: () => void; fail: (why: unknown) => void } & Course>();
    const names: string[] = [];
    tab.upload = ({ name }, watch) =>
      new Promise((resolve, fail) => {
        names.push(name);
        uploads.set(name, { end: () => resolve(`id of ${name}`), fail, ...watch });
        watch.signal.addEventListener('abort', () => fail(new Error('called off')));
      });
    const of = (name: string) => vi.waitFor(() => uploads.get(name) ?? Promise.reject());
    return { of, names };
  }

  it('are uploaded two at a time, and sent as one message with what is said of them', async () => {
    const tab = await Tab.open();
    const { of, names } = held(tab);
    await tab.outbox.add('general', parcel('look', 'a.png', 'b.pdf', 'c.pdf'));
    await tab.outbox.add('general', parcel('', 'd.png'));
    const [first, second] = [await of('a.png'), await of('b.pdf')];
    expect(names).toEqual(['a.png', 'b.pdf']);
    second.end();
    (await of('c.pdf')).end();
    (await of('d.png')).end();
    // What is there first is sent first: nothing waits for another message.
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ media: ['id of d.png'] }]));
    await tab.ok();
    first.end();
    const media = ['id of a.png', 'id of b.pdf', 'id of c.pdf'];
    await vi.waitFor(() => expect(tab.sent.at(-1)).toMatchObject({ text: 'look', media }));
    expect(names).toEqual(['a.png', 'b.pdf', 'c.pdf', 'd.png']);
  });

  it('wait for one pause where both of two uploads fail', async () => {
    const tab = await Tab.open();
    const { of, names } = held(tab);
    await tab.outbox.add('general', parcel('', 'a.png', 'b.pdf'));
    (await of('a.png')).fail(new Error('away'));
    (await of('b.pdf')).fail(new Error('away'));
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    await clock.pass(1_999);
    expect(names).toHaveLength(2);
    await clock.pass(1);
    expect(names).toEqual(['a.png', 'b.pdf', 'a.png', 'b.pdf']);
    expect(clock.isIdle).toBe(true);
  });

  it('stay refused when what was uploaded beside the one that is refused arrives', async () => {
    const tab = await Tab.open();
    const { of, names } = held(tab);
    const { clientId } = await tab.outbox.add('general', parcel('', 'a.png', 'b.pdf'));
    const [first, second] = [await of('a.png'), await of('b.pdf')];
    const refusal: Refusal = { code: 'too_large', detail: 'The file is larger than 50 MiB.' };
    second.fail(no(refusal));
    await vi.waitFor(() =>
      expect(tab.refusals).toEqual([{ ...refusal, name: 'b.pdf', about: 'file' }]),
    );
    first.end();
    const media = () => tab.shown.flatMap(({ content }) => loadsOf(content).map((it) => it.media));
    await vi.waitFor(() => expect(media()).toEqual(['id of a.png', null]));
    expect(tab.refusals).toEqual([{ ...refusal, name: 'b.pdf', about: 'file' }]);
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(names).toEqual(['a.png', 'b.pdf', 'b.pdf']));
  });

  it('tell how much of all has gone, by the hundredth', async () => {
    const tab = await Tab.open();
    const { of } = held(tab);
    await tab.outbox.add('general', parcel('', 'a.png', 'b.pdf'));
    const share = () => tab.shown[0] && shareSent(tab.shown[0]);
    const [first, second] = [await of('a.png'), await of('b.pdf')];
    expect(share()).toBe(0);
    first.onProgress(50);
    expect(share()).toBe(0.25);
    const shown = tab.shown;
    first.onProgress(50.5);
    expect(tab.shown).toBe(shown);
    second.onProgress(20);
    expect(share()).toBe(0.3525);
    // The form around a file is a little larger than the file.
    first.onProgress(120);
    expect(share()).toBe(0.6);
    first.end();
    await vi.waitFor(() => expect(tab.shown).not.toBe(shown));
    expect(share()).toBe(0.6);
    second.fail(new Error('away'));
    await vi.waitFor(() => expect(share()).toBe(0.5));
  });

  it('go on after what is uploaded already, also in the next page', async () => {
    const tab = await Tab.open();
    const { of } = held(tab);
    await tab.outbox.add('general', parcel('', 'a.png', 'b.pdf'));
    (await of('a.png')).end();
    (await of('b.pdf')).fail(new Error('away'));
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    tab.outbox.close();
    living.clear();
    const next = await Tab.open('tab-2');
    const later = held(next);
    // It was tried in vain at first.
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    next.outbox.connected();
    (await later.of('b.pdf')).end();
    await vi.waitFor(() =>
      expect(next.sent).toMatchObject([{ media: ['id of a.png', 'id of b.pdf'] }]),
    );
    expect(later.names).toEqual(['b.pdf']);
  });

  it('are called off at once when they are given up, and what waits behind them goes on', async () => {
    const tab = await Tab.open();
    const { of } = held(tab);
    const { clientId } = await tab.outbox.add('general', parcel('', 'a.png'));
    await tab.outbox.add('general', parcel('', 'c.png'));
    const first = await of('a.png');
    await tab.outbox.discard(clientId);
    expect(first.signal.aborted).toBe(true);
    (await of('c.png')).end();
    await vi.waitFor(() => expect(tab.sent).toMatchObject([{ media: ['id of c.png'] }]));
  });

  it('that one is refused of are not uploaded again but for that one', async () => {
    const tab = await Tab.open();
    const { of, names } = held(tab);
    const { clientId } = await tab.outbox.add('general', parcel('', 'a.png', 'b.pdf'));
    (await of('a.png')).end();
    const refusal: Refusal = { code: 'too_large', detail: 'The file is larger than 50 MiB.' };
    (await of('b.pdf')).fail(no(refusal));
    await vi.waitFor(() =>
      expect(tab.refusals).toEqual([{ ...refusal, name: 'b.pdf', about: 'file' }]),
    );
    await tab.outbox.retry(clientId);
    await vi.waitFor(() => expect(names).toEqual(['a.png', 'b.pdf', 'b.pdf']));
  });

  it('stay uploaded when the message is refused for something else, and not when they are forgotten', async () => {
    const tab = await Tab.open();
    const { of, names } = held(tab);
    const { clientId } = await tab.outbox.add('general', parcel('', 'a.png'));
    (await of('a.png')).end();
    await vi.waitFor(() => expect(tab.sent).toHaveLength(1));
    await tab.refuse('not_a_member');
    await tab.outbox.retry(clientId);
    expect(tab.sent).toHaveLength(2);
    expect(names).toHaveLength(1);
    await tab.refuse('invalid_input');
    await tab.outbox.retry(clientId);
    expect(names).toHaveLength(2);
  });

  it('go on with the upload that was begun, also in the next page, and are shown as far as they were', async () => {
    const tab = await Tab.open();
    const { of } = held(tab);
    await tab.outbox.add('general', parcel('', 'a.png'));
    const first = await of('a.png');
    first.onBegun('upload-1');
    first.onProgress(60);
    first.fail(new Error('away'));
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    expect(tab.shown[0] && shareSent(tab.shown[0])).toBe(0.6);
    tab.outbox.close();
    living.clear();
    const next = await Tab.open('tab-2');
    const begun: unknown[] = [];
    next.upload = ({ upload }) => {
      begun.push(upload);
      return Promise.resolve('media-1');
    };
    // It was tried in vain at first.
    await vi.waitFor(() => expect(clock.isIdle).toBe(false));
    next.outbox.connected();
    await vi.waitFor(() => expect(next.sent).toMatchObject([{ media: ['media-1'] }]));
    expect(begun).toEqual(['upload-1']);
    expect(next.givenUp).toEqual([]);
  });

  it('that are given up are so on the server, also where it had just begun', async () => {
    const tab = await Tab.open();
    const { of } = held(tab);
    const one = await tab.outbox.add('general', parcel('', 'a.png'));
    (await of('a.png')).onBegun('upload-1');
    await tab.outbox.discard(one.clientId);
    expect(tab.givenUp).toEqual(['upload-1']);
    const other = await tab.outbox.add('general', parcel('', 'b.png'));
    const late = await of('b.png');
    await tab.outbox.discard(other.clientId);
    late.onBegun('upload-2');
    expect(tab.givenUp).toEqual(['upload-1', 'upload-2']);
  });

  it('that cannot be read any more are not tried again', async () => {
    const tab = await Tab.open();
    let fail: (error: Error) => void = () => {};
    tab.upload = () => new Promise((_, reject) => (fail = reject));
    await tab.outbox.add('general', parcel('', 'a.png'));
    await vi.waitFor(() => expect(fail).toHaveLength(1));
    const changed = new DOMException('It was changed.', 'NotReadableError');
    const reading = vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(changed);
    // As one tells a network that is away.
    fail(new Error('away'));
    await vi.waitFor(() => expect(tab.refusals).toMatchObject([{ code: 'changed' }]));
    reading.mockRestore();
  });

  it('that are damaged on the disk are passed over', async () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const tab = await Tab.open();
    tab.isConnected = false;
    held(tab);
    const broken = parcel('', 'a.png');
    await tab.outbox.add('general', {
      ...broken,
      attachments: [{ ...broken.attachments[0], width: 0 }],
    } as Parcel);
    living.clear();
    expect((await Tab.open('tab-2')).waiting).toEqual([]);
    expect(report).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});
