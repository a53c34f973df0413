import { expect, test } from 'vitest';

import type { Message, RoomPreferences, RoomSummary } from '../../api/types';
import { isUrgent } from '../../store/attention';
import { EMPTY, type RoomState } from '../../store/model';
import { byActivity, filtered, isAwaitingMessages, tallies, unreadOf } from './list';

function message(created_at: string): Message {
  return {
    id: '01',
    room: 'x',
    seq: 1,
    changed_seq: 1,
    client_id: '02',
    sender: { id: 1, username: 'mira', display_name: 'Mira' },
    links: [],
    mentions: [],
    images: [],
    files: [],
    created_at,
    text: 'hi',
  };
}

const USUAL: RoomPreferences = { pinned: false, notifications: 'mentions', marked_unread: false };

/** The same room with more to be said of it, and with other wishes. */
function but(
  { summary, ...rest }: RoomState,
  more: Partial<RoomSummary>,
  wishes: Partial<RoomPreferences> = {},
): RoomState {
  return { ...rest, summary: { ...summary, ...more, preferences: { ...USUAL, ...wishes } } };
}

const titlesOf = (rooms: readonly RoomState[]) => rooms.map(({ summary }) => summary.title);

function room(title: string, at?: string): RoomState {
  const summary: RoomSummary = {
    name: title,
    kind: 'public',
    title,
    last_seq: at === undefined ? 0 : 1,
    read_seq: 0,
    unread: 0,
    mentions: 0,
    preferences: USUAL,
    ...(at === undefined ? {} : { last_message: message(at) }),
  };
  return {
    summary,
    cursor: 0,
    hasGap: false,
    timeline: null,
    arrived: [],
    arrivedAfter: 0,
    others: { delivered: 0, read: 0 },
    presence: null,
    typing: [],
    addedAt: 0,
  };
}

test('the room with the latest message stands first, silent rooms last by their titles', () => {
  const rooms = [
    room('room 10'),
    room('room 9'),
    room('old', '2026-11-22T10:00:00.000Z'),
    room('a'),
    room('new', '2026-11-22T11:00:00.000Z'),
  ];
  expect(byActivity(rooms).map((one) => one.summary.title)).toEqual([
    'new',
    'old',
    'a',
    'room 9',
    'room 10',
  ]);
});

test('a room that one came to just now stands where it is seen, whatever was said in it', () => {
  const now = Date.parse('2026-11-22T12:00:00.000Z');
  const rooms = [
    room('busy', '2026-11-22T11:00:00.000Z'),
    { ...room('made'), addedAt: now },
    { ...room('joined', '2026-10-01T10:00:00.000Z'), addedAt: now - 1_000 },
    room('talking', '2026-11-22T12:00:01.000Z'),
  ];
  const titles = byActivity(rooms).map((one) => one.summary.title);
  expect(titles).toEqual(['talking', 'made', 'joined', 'busy']);
});

test('rooms and conversations stand in one list, and what is pinned before all others', () => {
  const rooms = [
    room('old', '2026-11-22T10:00:00.000Z'),
    but(room('Rahul', '2026-11-22T10:30:00.000Z'), { kind: 'private' }),
    room('new', '2026-11-22T11:00:00.000Z'),
    but(room('silent'), {}, { pinned: true }),
    but(room('Tuli', '2026-11-22T09:00:00.000Z'), { kind: 'private' }, { pinned: true }),
  ];
  expect(titlesOf(byActivity(rooms))).toEqual(['Tuli', 'silent', 'new', 'Rahul', 'old']);
});

const MANY = [
  but(room('read'), {}),
  but(room('unread'), { unread: 3 }),
  but(room('named'), { unread: 3, mentions: 1 }),
  but(room('Rahul'), { kind: 'private' }),
  but(room('Tuli'), { kind: 'private', unread: 1 }),
  but(room('marked'), {}, { marked_unread: true }),
  but(room('muted'), { unread: 9, mentions: 2 }, { notifications: 'nothing' }),
  but(room('Noisy'), { kind: 'private', unread: 9 }, { notifications: 'nothing' }),
];

test('a filter shows people, or rooms, or what is unread or was marked so and is not muted', () => {
  expect(filtered(MANY, 'all')).toBe(MANY);
  expect(titlesOf(filtered(MANY, 'people'))).toEqual(['Rahul', 'Tuli', 'Noisy']);
  expect(titlesOf(filtered(MANY, 'rooms'))).toEqual(['read', 'unread', 'named', 'marked', 'muted']);
  expect(titlesOf(filtered(MANY, 'unread'))).toEqual(['unread', 'named', 'Tuli', 'marked']);
});

test('what is open stays among the unread while it is read', () => {
  expect(titlesOf(filtered(MANY, 'unread', 'read'))).toEqual([
    'read',
    'unread',
    'named',
    'Tuli',
    'marked',
  ]);
});

test('each filter says in how many something is unread, and whether it is for the person', () => {
  expect(tallies(MANY)).toEqual({
    all: { count: 4, isUrgent: true },
    unread: { count: 4, isUrgent: true },
    people: { count: 1, isUrgent: true },
    rooms: { count: 3, isUrgent: true },
  });
  expect(tallies([but(room('unread'), { unread: 3 })]).rooms).toEqual({
    count: 1,
    isUrgent: false,
  });
});

test('the edges tell of what was marked as unread, and never of what is muted', () => {
  const titles = titlesOf(unreadOf(MANY));
  expect(titles.slice(0, 2).sort()).toEqual(['Tuli', 'named']);
  expect(titles.slice(2).sort()).toEqual(['marked', 'unread']);
});

test('latest messages are awaited while a room has some and none is known', () => {
  const told = room('a', '2026-11-22T10:00:00.000Z');
  const { last_message: _, ...summary } = told.summary;
  const rooms = (...list: RoomState[]) => ({
    ...EMPTY,
    rooms: new Map(list.map((one) => [one.summary.name, one])),
  });
  expect(isAwaitingMessages(rooms({ ...told, summary }))).toBe(true);
  expect(isAwaitingMessages(rooms(told))).toBe(false);
  expect(isAwaitingMessages(rooms(room('silent')))).toBe(false);
});

test('what is unread begins with what is for the person alone, or names them', () => {
  const unread = (title: string, at: string, more: Partial<RoomSummary>): RoomState => {
    const { summary, ...rest } = room(title, at);
    return { ...rest, summary: { ...summary, unread: 1, ...more } };
  };
  const rooms = [
    unread('tea', '2026-11-22T10:04:00.000Z', {}),
    unread('named', '2026-11-22T10:02:00.000Z', { mentions: 1 }),
    unread('Rahul', '2026-11-22T10:01:00.000Z', { kind: 'private' }),
    unread('rust', '2026-11-22T10:05:00.000Z', {}),
    unread('read', '2026-11-22T10:09:00.000Z', { unread: 0, kind: 'private' }),
  ];
  const titles = unreadOf(rooms).map(({ summary }) => summary.title);
  expect(titles).toEqual(['named', 'Rahul', 'rust', 'tea']);
  expect(rooms.filter(isUrgent).map(({ summary }) => summary.title)).toEqual(['named', 'Rahul']);
});

test('a message that waits to be sent moves its room up, where it stays once it is there', () => {
  const [tea, rust] = [
    room('tea', '2026-11-22T10:00:00.000Z'),
    room('rust', '2026-11-22T11:00:00.000Z'),
  ];
  const at = Date.parse('2026-11-22T12:00:00.000Z');
  const waiting = [{ room: 'tea', at }];
  expect(titlesOf(byActivity([tea, rust], waiting))).toEqual(['tea', 'rust']);
  const sent = but(tea, { last_message: message('2026-11-22T12:00:05.000Z') });
  expect(titlesOf(byActivity([sent, rust], []))).toEqual(['tea', 'rust']);
  // What is said elsewhere since then stands above it, also while it waits.
  const later = but(rust, { last_message: message('2026-11-22T12:30:00.000Z') });
  expect(titlesOf(byActivity([tea, later], waiting))).toEqual(['rust', 'tea']);
});

test('of five hundred rooms each is looked at a few times for a message that arrives', () => {
  let looks = 0;
  const rooms = Array.from({ length: 500 }, (_, at) => {
    const one = but(room(`room ${at}`, `2026-11-22T10:00:00.${String(at % 7)}00Z`), { unread: 1 });
    const { summary, ...rest } = one;
    return {
      ...rest,
      get summary() {
        looks += 1;
        return summary;
      },
    };
  });
  const counted = <T>(run: () => T): number => {
    looks = 0;
    run();
    return looks / rooms.length;
  };
  // For its place, and not once for each comparison.
  expect(counted(() => byActivity(rooms))).toBeLessThanOrEqual(2);
  expect(counted(() => tallies(rooms))).toBeLessThanOrEqual(10);
  expect(counted(() => filtered(rooms, 'unread'))).toBeLessThanOrEqual(2);
});
