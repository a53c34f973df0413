import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Api } from '../api/client';
import { Unanswered, Unreachable } from '../api/errors';
import type { ClientFrame, Message } from '../api/types';
import type { Outbox } from '../offline/outbox';
import { ChatStore } from '../store/chat.svelte';
import { applyPage } from '../store/pages';
import {
  created,
  general,
  loaded,
  message,
  messages,
  mine,
  page,
  range,
  ready,
  summary,
  sync,
} from '../testing/messages';
import { Clock, settled } from '../testing/world';
import type { Connection } from './connection';
import { BURST, BURST_EVERY_MS, PATIENCE_MS, RealtimeClient } from './client';

let clock: Clock;
let frames: (() => void)[];
let sent: ClientFrame[];
let isReady: boolean;
let store: ChatStore;
let writes: number;
let outbox: { refs: Set<string>; acknowledged: string[]; refused: string[]; connected: number };
let starts: number;
let roomList: (cursor?: string) => Promise<unknown>;
let client: RealtimeClient;

beforeEach(() => {
  clock = new Clock();
  [frames, sent, isReady, writes] = [[], [], true, 0];
  outbox = { refs: new Set(), acknowledged: [], refused: [], connected: 0 };
  starts = 0;
  roomList = () => Promise.resolve({ items: [] });
  store = new ChatStore();
  store.onChange(() => (writes += 1));
  const connection = {
    send(frame: ClientFrame) {
      if (isReady) sent.push(frame);
      return isReady;
    },
    start: () => (starts += 1),
  };
  const box = {
    has: (ref: string) => outbox.refs.has(ref),
    acknowledged: (ref: string) => Promise.resolve(outbox.acknowledged.push(ref)),
    refused: (ref: string) => Promise.resolve(outbox.refused.push(ref)),
    connected: () => (outbox.connected += 1),
    disconnected: () => {},
    taken: () => {},
    blamed: () => Promise.resolve(outbox.refs.size > 0),
  };
  client = new RealtimeClient(
    store,
    {
      call: (_verb: string, _path: string, { query }: { query?: { cursor?: string } } = {}) =>
        roomList(query?.cursor),
    } as unknown as Api,
    { beforePaint: (run) => frames.push(run), after: clock.after, now: clock.now },
    () => connection as unknown as Connection,
    () => box as unknown as Outbox,
  );
});

const paint = () => frames.splice(0).forEach((run) => run());
const hear = (...all: Parameters<RealtimeClient['onFrame']>[0][]) =>
  all.forEach((it) => client.onFrame(it));
const kinds = () => sent.map((frame) => frame.type);

/** Connected, with the room `general` open up to number 3. */
function begun(): void {
  client.onState({ phase: 'ready' });
  client.onReady(ready(summary({ last_seq: 3, read_seq: 3 })));
  store.update(applyPage, 'general', page(messages(1, 3), 3));
}

describe('frames', () => {
  it('are applied together, before the next paint', () => {
    begun();
    writes = 0;
    hear(...created(...messages(4, 503)));
    expect(loaded(store.state)).toEqual(range(1, 3));
    expect(frames).toHaveLength(1);
    paint();
    expect(loaded(store.state)).toEqual(range(1, 503));
    expect(writes).toBe(1);
  });

  it('that cannot be applied take none of the others with them', () => {
    begun();
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const broken = { type: 'message.created', room: 'general', message: null };
    hear(...created(message(4)), broken as never, ...created(message(5)));
    paint();
    expect(loaded(store.state)).toEqual(range(1, 5));
    expect(reported).toHaveBeenCalledTimes(1);
    vi.unstubAllGlobals();
  });

  it('of a burst are shown a few times a second, and at once again after it', async () => {
    begun();
    const last = () => store.state.rooms.get('general')?.cursor;
    hear(...created(...messages(4, 4 + BURST)));
    paint();
    hear(...created(...messages(9, 10)));
    paint();
    expect(last()).toBe(8);
    await clock.pass(BURST_EVERY_MS);
    paint();
    expect(last()).toBe(10);
    hear(...created(...messages(11, 11)));
    paint();
    expect(last()).toBe(11);
  });

  it('that came before a new connection are applied before it', () => {
    begun();
    hear(...created(message(4)));
    client.onReady(ready(summary({ last_seq: 6 })));
    expect(general(store.state).cursor).toBe(4);
    paint();
    expect(loaded(store.state)).toEqual(range(1, 4));
  });
});

describe('a gap', () => {
  it('is asked for once, and healed by the answer', () => {
    begun();
    hear(...created(message(6)));
    paint();
    hear(...created(message(7)));
    paint();
    const asked = sent.filter((frame) => frame.type === 'resume');
    expect(asked).toEqual([{ type: 'resume', epoch: 'epoch-1', rooms: { general: 3 } }]);
    hear(sync(messages(4, 5), 7, { more: true }));
    paint();
    hear(sync(messages(6, 7), 7), ...created(message(8)));
    paint();
    expect(loaded(store.state)).toEqual(range(1, 8));
    expect(kinds().filter((kind) => kind === 'resume')).toHaveLength(1);
  });

  it('that comes after a healed one is asked for again', () => {
    begun();
    hear(...created(message(5)));
    paint();
    hear(sync(messages(4, 5), 5));
    paint();
    hear(...created(message(9)));
    paint();
    expect(sent.at(-1)).toEqual({ type: 'resume', epoch: 'epoch-1', rooms: { general: 5 } });
  });

  it('is asked for by the next connection instead, when there is one', () => {
    begun();
    hear(...created(message(6)));
    expect(client.cursors()).toEqual({ epoch: 'epoch-1', rooms: { general: 3 } });
    client.onReady(ready(summary({ last_seq: 6 })));
    paint();
    expect(kinds()).not.toContain('resume');
  });

  it('that a page of the history shows is asked for', () => {
    begun();
    hear(sync(messages(401, 450), 450, { reset: true }));
    paint();
    store.update(applyPage, 'general', page(messages(1, 3), 3));
    expect(sent.at(-1)).toEqual({ type: 'resume', epoch: 'epoch-1', rooms: { general: 3 } });
  });
});

describe('commands', () => {
  const edit = { type: 'message.edit', room: 'general', message_id: 'id-3', text: 'hi!' } as const;
  const ref = () => (sent.at(-1) as { ref?: string }).ref as string;

  it('are answered by what they did', async () => {
    begun();
    const asked = client.ask(edit);
    const other = client.ask({ type: 'message.delete', room: 'general', message_id: 'id-2' });
    hear({ type: 'ok', ref: ref(), message: message(2) });
    hear({ type: 'ok', ref: (sent.at(-2) as { ref: string }).ref, message: message(3) });
    expect((await asked)?.seq).toBe(3);
    expect((await other)?.seq).toBe(2);
  });

  it('fail with the server’s words', async () => {
    begun();
    const asked = client.ask(edit);
    const problem = {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'not_found' as const,
      detail: 'There is no such message.',
    };
    hear({ type: 'error', ref: ref(), error: problem });
    await expect(asked).rejects.toMatchObject({ code: 'not_found', message: problem.detail });
  });

  it('fail when the connection is lost, and when there is none', async () => {
    begun();
    const asked = client.ask(edit);
    client.onState({ phase: 'waiting', attempt: 1, until: 0 });
    await expect(asked).rejects.toBeInstanceOf(Unreachable);
    isReady = false;
    await expect(client.ask(edit)).rejects.toBeInstanceOf(Unreachable);
  });

  it('fail when nobody answers, and an answer that is too late is about nothing', async () => {
    begun();
    const asked = client.ask(edit);
    const failed = expect(asked).rejects.toBeInstanceOf(Unanswered);
    await clock.pass(PATIENCE_MS);
    await failed;
    hear({ type: 'ok', ref: ref(), message: message(3) });
    expect(clock.isIdle).toBe(true);
  });
});

describe('a message of one’s own', () => {
  it('leaves the outbox when it stands in its room, and not before', () => {
    begun();
    outbox.refs.add('client-4');
    const own: Message = mine(4);
    hear({ type: 'ok', ref: 'client-4', message: own });
    paint();
    expect(outbox.acknowledged).toEqual([]);
    hear(...created(own));
    paint();
    expect(loaded(store.state)).toEqual(range(1, 4));
    expect(outbox.acknowledged).toEqual(['client-4']);
  });

  it('that was refused is told to the outbox', () => {
    begun();
    outbox.refs.add('client-4');
    hear({
      type: 'error',
      ref: 'client-4',
      error: { type: '', title: '', status: 403, code: 'not_a_member', detail: 'No.' },
    });
    expect(outbox.refused).toEqual(['client-4']);
  });
});

describe('a connection that the server ended', () => {
  it('because of what it was sent goes on without that', async () => {
    begun();
    outbox.refs.add('client-4');
    client.onState({ phase: 'stopped', code: 4_508 });
    await settled();
    expect(starts).toBe(1);
  });

  it('stays ended where nothing that was sent can have been the reason', async () => {
    begun();
    client.onState({ phase: 'stopped', code: 4_502 });
    client.onState({ phase: 'stopped', code: 4_505 });
    await settled();
    expect(starts).toBe(0);
  });
});

describe('typing', () => {
  it('is told every three seconds at most, and at once after a message', async () => {
    begun();
    client.typing('general');
    await clock.pass(2_999);
    client.typing('general');
    expect(kinds()).toEqual(['typing']);
    await clock.pass(1);
    client.typing('general');
    client.typing('tea');
    expect(kinds()).toEqual(['typing', 'typing', 'typing']);
    client.typed('general');
    client.typing('general');
    expect(kinds()).toHaveLength(4);
  });

  it('that could not be told is told as soon as it can', () => {
    begun();
    isReady = false;
    client.typing('general');
    isReady = true;
    client.typing('general');
    expect(kinds()).toEqual(['typing']);
  });

  it('of others ends by itself', async () => {
    begun();
    hear({ type: 'typing', room: 'general', user_id: 2, kind: 'text', expires_in_ms: 6_000 });
    paint();
    await clock.pass(5_000);
    hear({ type: 'typing', room: 'general', user_id: 3, kind: 'text', expires_in_ms: 6_000 });
    paint();
    await clock.pass(2_000);
    expect(general(store.state).typing.map(({ userId }) => userId)).toEqual([3]);
    await clock.pass(6_000);
    expect(general(store.state).typing).toEqual([]);
    expect(clock.isIdle).toBe(true);
  });
});

describe('the room that is watched', () => {
  it('is one at a time', () => {
    begun();
    const leave = client.watch('general');
    client.watch('tea');
    leave();
    expect(sent).toEqual([
      { type: 'room.open', room: 'general' },
      { type: 'room.close', room: 'general' },
      { type: 'room.open', room: 'tea' },
    ]);
  });

  it('is opened again by each connection', () => {
    begun();
    client.watch('general');
    client.onReady(ready(summary({ last_seq: 3, read_seq: 3 })));
    expect(kinds()).toEqual(['room.open', 'room.open']);
  });

  it('is a conversation with somebody, who is watched beside whom other views show', () => {
    const peer = { id: 2, username: 'rahul', display_name: 'Rahul' };
    const room = summary({ name: 'private_1_2', kind: 'private', title: 'Rahul', peer });
    const lists = () =>
      sent.flatMap((frame) => (frame.type === 'presence.watch' ? [frame.user_ids] : []));
    client.onReady(ready(room));
    const leave = client.watch('private_1_2');
    client.watchPeople('directory', [3]);
    client.onReady(ready(room));
    leave();
    expect(lists()).toEqual([[2], [2, 3], [2, 3], [3]]);
  });
});

describe('what was read', () => {
  it('is shown and said at once, and each number once', () => {
    begun();
    hear(...created(...messages(4, 6)));
    paint();
    for (const seq of [5, 5, 4, 6]) client.read('general', seq);
    expect(sent).toEqual([
      { type: 'read', room: 'general', seq: 5 },
      { type: 'read', room: 'general', seq: 6 },
    ]);
    expect(general(store.state).summary).toMatchObject({ read_seq: 6, unread: 0 });
  });

  it('that stays where it is says that a room is not marked as unread any more', () => {
    begun();
    hear({
      type: 'room.preferences',
      room: 'general',
      pinned: false,
      notifications: 'mentions',
      marked_unread: true,
    });
    paint();
    isReady = false;
    client.unmark('general');
    expect(general(store.state).summary.preferences.marked_unread).toBe(false);
    isReady = true;
    const { preferences } = summary();
    const marked = { preferences: { ...preferences, marked_unread: true } };
    client.onReady(ready(summary({ last_seq: 3, read_seq: 3, ...marked })));
    expect(sent).toEqual([{ type: 'read', room: 'general', seq: 3 }]);
    expect(general(store.state).summary.preferences.marked_unread).toBe(false);
    client.unmark('general');
    expect(sent).toHaveLength(1);
  });

  it('of a room that the person is not in is said to nobody', () => {
    begun();
    client.read('elsewhere', 3);
    expect(sent).toEqual([]);
  });
});

describe('a new connection', () => {
  it('sends the outbox, and says again what was read without it', () => {
    begun();
    hear(...created(...messages(4, 6)));
    paint();
    isReady = false;
    client.read('general', 6);
    isReady = true;
    client.onReady(ready(summary({ last_seq: 6, read_seq: 3, unread: 3 })));
    expect(sent).toEqual([{ type: 'read', room: 'general', seq: 6 }]);
    expect(general(store.state).summary).toMatchObject({ read_seq: 6, unread: 0 });
    expect(outbox.connected).toBe(2);
  });

  it('asks for what could not be loaded once more when it is worth trying', async () => {
    roomList = () => Promise.reject(new Error('no network'));
    begun();
    client.watch('general');
    await settled();
    roomList = () =>
      Promise.resolve({
        items: [summary({ last_seq: 3, last_message: message(3) })],
        others_read_seq: 2,
      });
    client.loadAgain();
    await settled();
    expect(general(store.state).summary.last_message?.seq).toBe(3);
    expect(general(store.state).others.read).toBe(2);
  });

  it('reads the list of rooms to its last page', async () => {
    const named = (name: string) =>
      summary({ name, last_seq: 3, last_message: message(3, { room: name }) });
    const pages = new Map([
      [undefined, { items: [named('general')], next_cursor: 'more' }],
      ['more', { items: [named('tea')] }],
    ]);
    roomList = (cursor) => Promise.resolve(pages.get(cursor));
    client.onReady(ready(summary({ last_seq: 3 }), summary({ name: 'tea', last_seq: 3 })));
    await settled();
    const known = [...store.state.rooms.values()].map(({ summary }) => summary.last_message?.room);
    expect(known).toEqual(['general', 'tea']);
  });

  it('asks for the latest messages until it has them', async () => {
    roomList = () => Promise.reject(new Error('no network'));
    client.onReady(ready(summary({ last_seq: 3 })));
    await settled();
    expect(general(store.state).summary.last_message).toBeUndefined();
    const items = [summary({ last_seq: 3, last_message: message(3) })];
    roomList = () => Promise.resolve({ items });
    client.onReady(ready(summary({ last_seq: 3 })));
    await settled();
    expect(general(store.state).summary.last_message?.seq).toBe(3);
  });
});
