import { expect, test } from 'vitest';

import { entered, general, summary } from '../../testing/messages';
import { isCalling } from '../../store/attention';
import { tallies } from '../rooms/list';
import { roomAfter } from './walk';

const list = [
  ['a', 0],
  ['b', 2],
  ['c', 0],
  ['d', 1],
].map(([name, unread]) => ({
  ...general(entered()),
  summary: summary({ name: String(name), unread: Number(unread) }),
}));
const after = (open: string | null, by: 1 | -1, isUnread = false) =>
  roomAfter(list, open, { by, isUnread })?.summary.name;

test('a step leads to the room below or above, and not beyond the last', () => {
  expect([after('a', 1), after('b', 1), after('d', 1)]).toEqual(['b', 'c', undefined]);
  expect([after('b', -1), after('a', -1)]).toEqual(['a', undefined]);
});

test('among what is unread it goes round', () => {
  expect([after('a', 1, true), after('b', 1, true), after('d', 1, true)]).toEqual(['b', 'd', 'b']);
  expect([after('c', -1, true), after('a', -1, true)]).toEqual(['b', 'd']);
  expect(roomAfter([], null, { by: 1, isUnread: true })).toBeUndefined();
  expect(roomAfter(list.slice(0, 1), 'a', { by: 1, isUnread: true })).toBeUndefined();
});

test('where no room is open it begins at the first', () => {
  expect(after(null, 1)).toBe('a');
  expect(after('elsewhere', -1)).toBe('a');
  expect(after(null, 1, true)).toBe('b');
});

test('among what is unread it goes where the title and the list count something, and nowhere else', () => {
  const rooms = [
    { name: 'read' },
    { name: 'unread', unread: 2 },
    { name: 'marked', marked_unread: true },
    { name: 'muted', unread: 9, mentions: 1, notifications: 'nothing' as const },
    { name: 'muted and marked', marked_unread: true, notifications: 'nothing' as const },
    { name: 'quiet', unread: 1, kind: 'private' as const },
  ].map(({ name, marked_unread = false, notifications = 'mentions' as const, ...more }) => ({
    ...general(entered()),
    summary: summary({
      name,
      preferences: { pinned: false, marked_unread, notifications },
      ...more,
    }),
  }));
  const walked: (string | undefined)[] = [];
  let open: string | null = null;
  while (walked.length < 4) {
    open = roomAfter(rooms, open, { by: 1, isUnread: true })?.summary.name ?? null;
    walked.push(open ?? undefined);
  }
  expect(walked).toEqual(['unread', 'marked', 'quiet', 'unread']);
  expect(tallies(rooms).all.count).toBe(3);
  expect(rooms.filter(isCalling)).toHaveLength(3);
});
