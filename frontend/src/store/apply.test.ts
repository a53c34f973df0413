import { describe, expect, it } from 'vitest';

import type { Message, ServerFrame } from '../api/types';
import {
  created,
  deleted,
  dice,
  edited,
  entered,
  general,
  loaded,
  message,
  messages,
  mine,
  MIRA,
  page,
  RAHUL,
  range,
  ready,
  summary,
  sync,
  texts,
  tombstone,
  updated,
} from '../testing/messages';
import {
  applyFrames,
  applyReach,
  applyRead,
  applyReady,
  applyRoomList,
  applyVisit,
  expireTyping,
} from './apply';
import { MOST_ARRIVED } from './changes';
import { MOST_UNREAD } from './unread';
import { EMPTY, type ChatState } from './model';
import { applyNewer, applyOlder, applyPage } from './pages';

const NOW = 1_000_000;
const fold = (state: ChatState, ...frames: ServerFrame[]) => applyFrames(state, frames, NOW);

/** Mira in a room whose newest messages up to `last` are loaded. */
function opened(last: number, from = 1): ChatState {
  const state = entered({ last_seq: last, read_seq: last });
  return applyPage(state, 'general', page(messages(from, last), last));
}

describe('live frames', () => {
  it('are applied in their order', () => {
    const state = fold(opened(3), ...created(...messages(4, 6)));
    expect(loaded(state)).toEqual(range(1, 6));
    expect(general(state).cursor).toBe(6);
  });

  it('that are known already change nothing', () => {
    const before = opened(3);
    expect(fold(before, ...created(...messages(2, 3)))).toBe(before);
  });

  it('that skip a number mark the room and are not applied, nor is what follows them', () => {
    const state = fold(opened(3), ...created(message(4), message(6), message(7)));
    expect(general(state).hasGap).toBe(true);
    expect(general(state).cursor).toBe(4);
    expect(loaded(state)).toEqual(range(1, 4));
    const later = fold(state, ...created(message(8)));
    expect(loaded(later)).toEqual(range(1, 4));
  });

  it('of one room do not disturb another', () => {
    const state = applyReady(EMPTY, ready(summary({ last_seq: 3 }), summary({ name: 'tea' })));
    const frames = created(
      message(4),
      message(1, { room: 'tea' }),
      message(5),
      message(3, { room: 'tea' }),
    );
    const next = fold(state, ...frames);
    expect(general(next).cursor).toBe(5);
    expect(general(next).hasGap).toBe(false);
    expect(next.rooms.get('tea')).toMatchObject({ cursor: 1, hasGap: true });
  });

  it('of a room that is not one’s own are ignored', () => {
    const state = opened(3);
    expect(fold(state, ...created(message(1, { room: 'elsewhere' })))).toBe(state);
  });

  it('show edits and deletions in place', () => {
    const state = fold(opened(3), updated(edited(2, 4)), deleted(tombstone(1, 5)));
    expect(texts(state)).toEqual([undefined, 'edited 2', 'number 3']);
    expect(general(state).timeline?.items[0]?.deleted_at).toBeDefined();
    expect(general(state).cursor).toBe(5);
  });

  it('about what is not loaded are counted and not shown', () => {
    const state = fold(opened(60, 31), updated(edited(10, 61)));
    expect(loaded(state)).toEqual(range(31, 60));
    expect(general(state)).toMatchObject({ cursor: 61, hasGap: false });
  });

  it('keep the latest message of the room for its preview', () => {
    const state = fold(
      opened(3),
      ...created(message(4)),
      updated(edited(4, 5)),
      updated(edited(2, 6)),
    );
    expect(general(state).summary.last_message?.text).toBe('edited 4');
  });

  it('of a type that nobody knows are ignored', () => {
    const state = opened(3);
    expect(fold(state, { type: 'hello.future' } as unknown as ServerFrame)).toBe(state);
  });

  it('never change an older state', () => {
    const before = opened(3);
    const copy = structuredClone(before);
    fold(before, ...created(message(4)), updated(edited(1, 5)), sync([message(6)], 6));
    expect(before).toEqual(copy);
  });
});

describe('what comes after an absence', () => {
  it('arrives in pages, each from where the last one ended', () => {
    let state = applyReady(opened(3), ready(summary({ last_seq: 9 })));
    state = fold(state, sync([...messages(4, 5), edited(2, 6)], 9, { more: true }));
    expect(general(state).cursor).toBe(6);
    state = fold(state, sync([message(7)], 9), ...created(message(10)));
    expect(general(state)).toMatchObject({ cursor: 10, hasGap: false });
    expect(texts(state)[1]).toBe('edited 2');
    expect(loaded(state)).toEqual([1, 2, 3, 4, 5, 7, 10]);
  });

  it('heals a gap, but only with its last page', () => {
    let state = fold(opened(3), ...created(message(6)));
    state = fold(state, sync([message(4)], 6, { more: true }));
    expect(general(state).hasGap).toBe(true);
    state = fold(state, sync(messages(5, 6), 6));
    expect(general(state).hasGap).toBe(false);
    expect(loaded(state)).toEqual(range(1, 6));
  });

  it('puts a reset in the place of everything that was there', () => {
    const state = fold(opened(3), sync(messages(901, 950), 950, { reset: true }));
    expect(loaded(state)).toEqual(range(901, 950));
    expect(general(state)).toMatchObject({ cursor: 950, hasGap: false });
    expect(general(state).timeline).toMatchObject({ hasBefore: true, hasAfter: false });
    expect(loaded(fold(state, ...created(message(951))))).toEqual(range(901, 951));
  });

  it('opens no room that nobody opened', () => {
    const state = fold(entered({ last_seq: 3 }), sync(messages(901, 950), 950, { reset: true }));
    expect(general(state).timeline).toBeNull();
    expect(general(state).summary.last_message?.seq).toBe(950);
  });

  it('forgets who was typing and who was here, and the rooms that are gone', () => {
    let state = applyReady(EMPTY, ready(summary(), summary({ name: 'tea' })));
    state = fold(
      state,
      { type: 'typing', room: 'general', user_id: 2, kind: 'text', expires_in_ms: 6_000 },
      { type: 'room.presence', room: 'general', online: [1, 2], count: 2 },
    );
    state = applyReady(state, ready(summary()));
    expect(general(state)).toMatchObject({ typing: [], presence: null });
    expect(state.rooms.has('tea')).toBe(false);
  });

  it('keeps what was read while nobody could be told', () => {
    let state = applyReady(EMPTY, ready(summary({ last_seq: 10, read_seq: 4, unread: 6 })));
    state = applyPage(state, 'general', page(messages(1, 10), 10));
    state = applyRead(state, 'general', 8);
    expect(general(state).summary.unread).toBe(2);
    state = applyReady(state, ready(summary({ last_seq: 12, read_seq: 4, unread: 8 })));
    expect(general(state).summary).toMatchObject({ read_seq: 8, unread: 4 });
  });
});

describe('counting what is unread', () => {
  const unread = (state: ChatState) => general(state).summary.unread;

  it('counts the messages of others and not one’s own', () => {
    const state = fold(opened(3), ...created(message(4), mine(5), message(6)));
    expect(unread(state)).toBe(2);
  });

  it('does not count an edit', () => {
    expect(unread(fold(opened(3), ...created(message(4)), updated(edited(4, 5))))).toBe(1);
  });

  it('takes back what was deleted unread, and nothing for what was read', () => {
    const state = fold(opened(3), ...created(message(4), message(5)));
    expect(unread(fold(state, deleted(tombstone(4, 6))))).toBe(1);
    expect(unread(fold(state, deleted(tombstone(2, 6))))).toBe(2);
  });

  it('does not count a message that came and went during an absence', () => {
    let state = applyReady(opened(3), ready(summary({ last_seq: 3, read_seq: 3 })));
    state = fold(state, sync([tombstone(4, 5), message(6)], 6));
    expect(unread(state)).toBe(1);
  });

  it('counts nothing twice that the server has counted', () => {
    let state = applyReady(opened(3), ready(summary({ last_seq: 5, read_seq: 3, unread: 2 })));
    state = fold(state, sync(messages(4, 5), 5), ...created(message(6)));
    expect(unread(state)).toBe(3);
  });

  it('stops at a hundred, and stays there for a deletion', () => {
    let state = fold(opened(3), ...created(...messages(4, 200)));
    expect(unread(state)).toBe(MOST_UNREAD);
    state = fold(state, deleted(tombstone(150, 201)));
    expect(unread(state)).toBe(MOST_UNREAD);
  });

  it('ends with reading, here', () => {
    const state = fold(opened(3), ...created(...messages(4, 6)));
    expect(unread(applyRead(state, 'general', 5))).toBe(1);
    expect(unread(applyRead(state, 'general', 6))).toBe(0);
  });

  it('ends with reading on another device', () => {
    const state = fold(opened(3), ...created(...messages(4, 6)));
    const said = { type: 'receipt' as const, room: 'general', read_seq: 6 };
    expect(unread(fold(state, { ...said, user_id: MIRA.id }))).toBe(0);
    expect(unread(fold(state, { ...said, user_id: RAHUL.id }))).toBe(unread(state));
  });

  it('never goes back to an older mark', () => {
    const state = applyRead(fold(opened(3), ...created(...messages(4, 6))), 'general', 6);
    expect(applyRead(state, 'general', 4)).toBe(state);
  });

  it('ends in a room that was never opened, when all of it was read elsewhere', () => {
    const state = fold(entered({ last_seq: 9, read_seq: 3, unread: 6 }), {
      type: 'receipt',
      room: 'general',
      user_id: MIRA.id,
      read_seq: 9,
    });
    expect(unread(state)).toBe(0);
  });
});

describe('how far the others have got', () => {
  const others = (state: ChatState) => general(state).others;
  const receipt = (read_seq: number, delivered_seq?: number): ServerFrame => ({
    type: 'receipt',
    room: 'general',
    user_id: RAHUL.id,
    read_seq,
    ...(delivered_seq === undefined ? {} : { delivered_seq }),
  });

  it('is told with the rooms, and moves as they hear and read', () => {
    let state = entered({ last_seq: 9, peer_mark: { delivered_seq: 4, read_seq: 2 } });
    expect(others(state)).toEqual({ delivered: 4, read: 2 });
    state = fold(state, receipt(2, 7));
    expect(others(state)).toEqual({ delivered: 7, read: 2 });
    state = fold(state, receipt(8));
    expect(others(state)).toEqual({ delivered: 8, read: 8 });
  });

  it('never goes back, and leaves the room as it is where nothing moved', () => {
    const state = fold(entered({ last_seq: 9 }), receipt(5, 7));
    expect(fold(state, receipt(4, 6))).toBe(state);
    const again = summary({ last_seq: 9, peer_mark: { delivered_seq: 1, read_seq: 1 } });
    expect(others(applyReady(state, ready(again)))).toEqual({ delivered: 7, read: 5 });
  });

  it('is caught up with by the marks of a sync, of which one is one’s own', () => {
    const marks = [
      { user_id: MIRA.id, delivered_seq: 9, read_seq: 9 },
      { user_id: RAHUL.id, delivered_seq: 3, read_seq: 1 },
    ];
    const state = fold(entered({ last_seq: 9 }), {
      ...sync([], 9),
      receipts: marks,
    } as ServerFrame);
    expect(others(state)).toEqual({ delivered: 3, read: 1 });
  });

  it('is learnt of a public room when it is opened', () => {
    const state = applyReach(entered({ last_seq: 9 }), 'general', 6);
    expect(others(state)).toEqual({ delivered: 6, read: 6 });
  });
});

describe('people', () => {
  it('give a private room the name that they have now', () => {
    const state = entered({ kind: 'private', title: 'Rahul', peer: RAHUL });
    const user = { ...RAHUL, display_name: 'Rahul B.' };
    const renamed = general(fold(state, { type: 'user.updated', user }));
    expect(renamed.summary).toMatchObject({ title: 'Rahul B.', peer: user });
  });

  const presence = (online: boolean, last_seen_at?: string): ServerFrame => ({
    type: 'presence',
    user_id: RAHUL.id,
    online,
    ...(last_seen_at === undefined ? {} : { last_seen_at }),
  });

  it('come and go, and are offline on a new connection until they are named', () => {
    let state = fold(entered(), presence(true));
    expect(state.online.has(RAHUL.id)).toBe(true);
    expect(applyReady(state, ready()).online.size).toBe(0);
    state = fold(state, presence(false, '2026-11-22T10:00:00.000Z'));
    expect(state.online.has(RAHUL.id)).toBe(false);
    expect(state.lastSeen.get(RAHUL.id)).toBe('2026-11-22T10:00:00.000Z');
  });
});

describe('a page of the history', () => {
  it('that is older than what came meanwhile is joined with it', () => {
    let state = entered({ last_seq: 50 });
    state = fold(state, ...created(message(51)), updated(edited(40, 52)), ...created(message(53)));
    state = applyPage(state, 'general', page(messages(1, 50), 50));
    expect(loaded(state)).toEqual([...range(1, 51), 53]);
    expect(texts(state)[39]).toBe('edited 40');
    expect(general(state).hasGap).toBe(false);
  });

  it('that is newer than what was heard is not doubled by what is heard then', () => {
    let state = entered({ last_seq: 50 });
    state = applyPage(state, 'general', page(messages(1, 52), 52));
    state = fold(state, ...created(...messages(51, 53)));
    expect(loaded(state)).toEqual(range(1, 53));
  });

  it('before what is loaded takes the edits that came while it was on its way', () => {
    let state = opened(100, 51);
    state = fold(state, updated(edited(20, 101)));
    state = applyOlder(state, 'general', page(messages(1, 50), 100), 51);
    expect(loaded(state)).toEqual(range(1, 100));
    expect(texts(state)[19]).toBe('edited 20');
  });

  it('before what is loaded is dropped when the person has jumped away', () => {
    let state = opened(1_000, 951);
    state = applyPage(state, 'general', page(messages(101, 150), 1_000, { has_after: true }));
    const jumped = state;
    state = applyOlder(state, 'general', page(messages(901, 950), 1_000), 951);
    expect(state).toBe(jumped);
    state = applyNewer(state, 'general', page(messages(301, 350), 1_000, { has_after: true }), 300);
    expect(state).toBe(jumped);
  });

  it('that is older than everything kept shows as a gap', () => {
    let state = entered({ last_seq: 50 });
    const last = 60 + MOST_ARRIVED;
    state = fold(state, ...created(...messages(51, last)));
    state = applyPage(state, 'general', page(messages(1, 50), 50));
    expect(general(state)).toMatchObject({ hasGap: true, cursor: 50 });
    state = fold(state, sync(messages(51, last), last));
    expect(loaded(state)).toEqual(range(1, last));
    expect(general(state).summary.unread).toBe(MOST_UNREAD);
  });

  it('after a reset shows as a gap when it is older than the reset', () => {
    let state = fold(entered({ last_seq: 50 }), sync(messages(901, 950), 950, { reset: true }));
    state = applyPage(state, 'general', page(messages(1, 50), 50));
    expect(general(state)).toMatchObject({ hasGap: true, cursor: 50 });
  });
});

describe('a person who jumped back in time', () => {
  const jumped = () =>
    applyPage(opened(1_000, 951), 'general', page(messages(101, 150), 1_000, { has_after: true }));

  it('sees the surroundings of the message alone', () => {
    expect(loaded(jumped())).toEqual(range(101, 150));
    expect(general(jumped()).timeline).toMatchObject({ hasBefore: true, hasAfter: true });
  });

  it('is not shown what is written now, but it is counted and previewed', () => {
    const state = fold(jumped(), ...created(message(1_001)));
    expect(loaded(state)).toEqual(range(101, 150));
    expect(general(state).summary).toMatchObject({ unread: 1 });
    expect(general(state).summary.last_message?.seq).toBe(1_001);
  });

  it('sees edits of what is shown', () => {
    expect(texts(fold(jumped(), updated(edited(120, 1_001))))[19]).toBe('edited 120');
  });

  it('comes back page by page, with everything that was written meanwhile', () => {
    let state = fold(jumped(), ...created(message(1_001)));
    state = applyNewer(state, 'general', page(messages(151, 200), 1_001, { has_after: true }), 150);
    expect(loaded(state)).toEqual(range(101, 200));
    state = applyNewer(state, 'general', page(messages(201, 1_001), 1_001), 200);
    state = fold(state, ...created(message(1_002)));
    expect(loaded(state)).toEqual(range(101, 1_002));
  });

  it('comes back at once to the newest page', () => {
    let state = fold(jumped(), ...created(message(1_001)));
    state = applyPage(state, 'general', page(messages(952, 1_000), 1_000));
    expect(loaded(state)).toEqual(range(952, 1_001));
  });
});

describe('who is here', () => {
  const here = (state: ChatState) => [...(general(state).presence?.online ?? [])];
  const said = { type: 'room.presence' as const, room: 'general' };

  it('is told once and then as it changes', () => {
    let state = fold(opened(1), { ...said, online: [1, 2], count: 2 });
    expect(here(state)).toEqual([1, 2]);
    state = fold(state, { ...said, joined: [3], left: [2], count: 2 });
    expect(here(state)).toEqual([1, 3]);
    state = fold(state, { ...said, online: [1], count: 1 });
    expect(here(state)).toEqual([1]);
  });

  it('may be no more than a number in a crowd', () => {
    const state = fold(opened(1), { ...said, count: 300 });
    expect(general(state).presence).toMatchObject({ count: 300 });
  });
});

describe('who is typing', () => {
  const typing = (user_id: number, expires_in_ms = 6_000) =>
    ({ type: 'typing', room: 'general', user_id, kind: 'text', expires_in_ms }) as const;
  const typists = (state: ChatState) => general(state).typing.map((typist) => typist.userId);

  it('is shown once a person, and for longer when it is said again', () => {
    const state = fold(opened(1), typing(2), typing(3), typing(2, 9_000));
    expect(typists(state)).toEqual([3, 2]);
    expect(typists(expireTyping(state, NOW + 6_000))).toEqual([2]);
  });

  it('ends by itself, and only then', () => {
    const state = fold(opened(1), typing(2));
    expect(expireTyping(state, NOW + 5_999)).toBe(state);
    expect(typists(expireTyping(state, NOW + 6_000))).toEqual([]);
  });

  it('ends with the message', () => {
    expect(typists(fold(opened(1), typing(2), typing(3), ...created(message(2))))).toEqual([3]);
  });
});

describe('rooms and people', () => {
  it('come and go', () => {
    let state = fold(opened(1), {
      type: 'room.added',
      room: summary({ name: 'tea', title: 'Tea' }),
    });
    expect([...state.rooms.keys()]).toEqual(['general', 'tea']);
    state = fold(state, ...created(message(1, { room: 'tea' })));
    expect(state.rooms.get('tea')?.summary.unread).toBe(1);
    expect(state.rooms.get('tea')?.addedAt).toBe(NOW);
    expect(general(state).addedAt).toBe(0);
    state = fold(state, { type: 'room.removed', room: 'tea' });
    expect([...state.rooms.keys()]).toEqual(['general']);
  });

  it('that are known already are not begun anew', () => {
    const state = opened(3);
    expect(fold(state, { type: 'room.added', room: summary() })).toBe(state);
  });

  it('change their title, topic and emoji', () => {
    const about = { title: 'All', topic: 'Tea', emoji: '🍵' };
    let state = fold(opened(1), { type: 'room.updated', room: 'general', ...about });
    expect(general(state).summary).toMatchObject(about);
    state = fold(state, { type: 'room.updated', room: 'general', title: 'All' });
    expect(general(state).summary.topic).toBeUndefined();
    expect(general(state).summary.emoji).toBeUndefined();
  });

  it('are kept as the person wants them, on whichever device that was said', () => {
    const preferences = { pinned: true, notifications: 'nothing' as const, marked_unread: true };
    const frame = { type: 'room.preferences' as const, room: 'general', ...preferences };
    expect(general(fold(opened(1), frame)).summary.preferences).toEqual(preferences);
    const elsewhere = { ...frame, room: 'nowhere' };
    expect(general(fold(opened(1), elsewhere)).summary.preferences.pinned).toBe(false);
  });

  it('show the latest message of each room once the list is read', () => {
    const list = [summary({ last_seq: 3, last_message: message(3) })];
    expect(general(applyRoomList(entered({ last_seq: 3 }), list)).summary.last_message?.seq).toBe(
      3,
    );
    const newer = fold(entered({ last_seq: 3 }), ...created(message(4)));
    expect(general(applyRoomList(newer, list)).summary.last_message?.seq).toBe(4);
  });

  it('are renamed, oneself among them', () => {
    let state = fold(opened(1), { type: 'user.updated', user: { ...RAHUL, display_name: 'R.' } });
    expect(state.people.get(2)?.display_name).toBe('R.');
    const me = { id: 1, username: 'mira', display_name: 'Mira S.' };
    state = fold(state, { type: 'user.updated', user: me });
    expect(state.me).toEqual({ ...MIRA, display_name: 'Mira S.' });
  });
});

describe('a room that is read along', () => {
  const details = {
    name: 'tea',
    kind: 'public' as const,
    title: 'Tea',
    last_seq: 5,
  };
  const tea = (seq: number) => message(seq, { room: 'tea' });
  const visited = () => {
    const state = applyVisit(opened(1), details as Parameters<typeof applyVisit>[1]);
    return applyPage(state, 'tea', page([1, 2, 3, 4, 5].map(tea), 5));
  };

  it('is shown and followed without being one’s own', () => {
    const state = fold(visited(), sync([tea(6)], 6, { room: 'tea' }));
    expect(state.visited?.timeline?.items.map((item) => item.seq)).toEqual(range(1, 6));
    expect(state.rooms.has('tea')).toBe(false);
  });

  it('goes on where it was when the person joins', () => {
    const added = summary({ name: 'tea', last_seq: 7 });
    let state = fold(visited(), { type: 'room.added', room: added });
    expect(state.visited).toBeNull();
    expect(state.rooms.get('tea')).toMatchObject({ cursor: 5, hasGap: true });
    state = fold(state, sync([tea(6), tea(7)], 7, { room: 'tea' }));
    const items = state.rooms.get('tea')?.timeline?.items ?? [];
    expect(items.map((item) => item.seq)).toEqual(range(1, 7));
  });
});

/** A server's room, small enough to be compared with as a whole. */
class Truth {
  readonly rows = new Map<number, Message>();
  readonly frames: ServerFrame[] = [];
  seq = 0;

  change(random: () => number): void {
    this.seq += 1;
    const alive = [...this.rows.values()].filter((row) => row.deleted_at === undefined);
    const chosen = alive[Math.floor(random() * alive.length)];
    const kind = random();
    let row: Message;
    if (chosen === undefined || kind < 0.6)
      row = random() < 0.2 ? mine(this.seq) : message(this.seq);
    else if (kind < 0.85) row = { ...chosen, changed_seq: this.seq, text: `text ${this.seq}` };
    else row = { ...tombstone(chosen.seq, this.seq), sender: chosen.sender };
    this.rows.set(row.seq, row);
    const isNew = row.seq === this.seq;
    const [frame] = isNew ? created(row) : [row.deleted_at ? deleted(row) : updated(row)];
    this.frames.push(frame as ServerFrame);
  }

  all(): Message[] {
    return [...this.rows.values()].sort((a, b) => a.seq - b.seq);
  }

  newest(limit: number) {
    const all = this.all();
    const items = all.slice(-limit);
    return page(items, this.seq, { has_before: items.length < all.length });
  }

  before(seq: number, limit: number) {
    const all = this.all().filter((row) => row.seq < seq);
    const items = all.slice(-limit);
    return page(items, this.seq, { has_before: items.length < all.length, has_after: true });
  }

  after(cursor: number, limit: number): ServerFrame[] {
    const changed = this.all()
      .filter((row) => row.changed_seq > cursor)
      .sort((a, b) => a.changed_seq - b.changed_seq);
    const pages: ServerFrame[] = [];
    do {
      const some = changed.splice(0, limit);
      pages.push(sync(some, this.seq, { more: changed.length > 0 }));
    } while (changed.length > 0);
    return pages;
  }

  unread(): number {
    const is = (row: Message) => row.sender.id !== MIRA.id && row.deleted_at === undefined;
    return Math.min(MOST_UNREAD, this.all().filter(is).length);
  }
}

describe('any interleaving of frames, losses, pages and resumes', () => {
  it.each(range(1, 200))('ends with what the server has (seed %i)', (seed) => {
    const random = dice(seed);
    const truth = new Truth();
    for (let at = 0; at < 12; at += 1) truth.change(random);
    let state = applyReady(EMPTY, ready(summary({ last_seq: truth.seq, unread: truth.unread() })));
    let heard = truth.seq;
    /** Answers on their way: read by the server then, applied here later. */
    const onTheWay: (() => void)[] = [];
    for (let step = 0; step < 120; step += 1) {
      const kind = random();
      const timeline = general(state).timeline;
      if (kind < 0.45) {
        truth.change(random);
      } else if (kind < 0.65) {
        const until = Math.min(truth.seq, heard + 1 + Math.floor(random() * 5));
        state = fold(state, ...truth.frames.slice(heard, until));
        heard = until;
      } else if (kind < 0.68) {
        // A frame is lost.
        heard = Math.min(truth.seq, heard + 1);
      } else if (kind < 0.72) {
        // A frame comes twice.
        state = fold(state, ...truth.frames.slice(Math.max(0, heard - 2), heard));
      } else if (kind < 0.8) {
        const read = truth.newest(5);
        onTheWay.push(() => (state = applyPage(state, 'general', read)));
      } else if (kind < 0.88 && timeline?.hasBefore) {
        const first = timeline.items[0]?.seq ?? 0;
        const read = truth.before(first, 4);
        onTheWay.push(() => (state = applyOlder(state, 'general', read, first)));
      } else if (kind < 0.94) {
        onTheWay.shift()?.();
      } else {
        // The connection is made again.
        const counted = summary({ last_seq: truth.seq, unread: truth.unread() });
        const cursor = general(state).cursor;
        state = fold(applyReady(state, ready(counted)), ...truth.after(cursor, 3));
        heard = truth.seq;
      }
      expect(loaded(state)).toEqual([...loaded(state)].sort((a, b) => a - b));
    }
    onTheWay.forEach((run) => run());
    state = fold(state, ...truth.frames.slice(heard));
    state = fold(state, ...truth.after(general(state).cursor, 3));
    if (general(state).timeline === null) state = applyPage(state, 'general', truth.newest(5));
    for (
      let first;
      (first = general(state).timeline?.items[0]) && general(state).timeline?.hasBefore;
    )
      state = applyOlder(state, 'general', truth.before(first.seq, 4), first.seq);
    expect(general(state).timeline?.items).toEqual(truth.all());
    expect(general(state)).toMatchObject({ cursor: truth.seq, hasGap: false });
    expect(general(state).summary.unread).toBe(truth.unread());
  });
});
