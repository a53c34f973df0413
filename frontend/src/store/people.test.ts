import { expect, test } from 'vitest';

import type { Member, User } from '../api/types';
import { ready, summary } from '../testing/messages';
import { applyFrames, applyReady } from './apply';
import { EMPTY, type Presence } from './model';
import { applyUsers, isHere } from './people';

const user = (id: number, more: Partial<User> = {}): User => ({
  id,
  username: `user-${id}`,
  display_name: `User ${id}`,
  online: false,
  ...more,
});

test('people who were found are known by name, and whether they are here', () => {
  const state = applyUsers(EMPTY, [
    user(2, { online: true }),
    user(3, { last_seen_at: '2026-11-22T10:00:00.000Z' }),
  ]);
  expect(state.people.get(3)?.display_name).toBe('User 3');
  expect([...state.online]).toEqual([2]);
  expect(state.lastSeen.get(3)).toBe('2026-11-22T10:00:00.000Z');
});

test('what is found later replaces it, and nothing is known of the others', () => {
  const before = applyUsers(EMPTY, [user(2, { online: true }), user(3, { online: true })]);
  const state = applyUsers(before, [user(2)]);
  expect([...state.online]).toEqual([3]);
  expect([...before.online]).toEqual([2, 3]);
});

test('when somebody was seen last is never set back', () => {
  const at = (hour: number) => `2026-11-22T${hour}:00:00.000Z`;
  const seen = [11, 10].reduce(
    (state, hour) => applyUsers(state, [user(2, { last_seen_at: at(hour) })]),
    EMPTY,
  );
  expect(seen.lastSeen.get(2)).toBe(at(11));
});

test('of whom one has a conversation with, the socket knows better', () => {
  const peer = { id: 2, username: 'user-2', display_name: 'User 2' };
  const room = summary({ name: 'private_1_2', kind: 'private', title: 'User 2', peer });
  const state = applyUsers(applyReady(EMPTY, ready(room)), [user(2, { online: true })]);
  expect(state.online.size).toBe(0);
  expect(state.people.get(2)).toEqual(peer);
});

test('who comes or goes after it is followed', () => {
  const gone = { user_id: 2, online: false, last_seen_at: '2026-11-22T11:00:00.000Z' };
  const before = applyUsers(EMPTY, [user(2, { online: true })]);
  const state = applyFrames(before, [{ type: 'presence', ...gone }], 0);
  expect(state.online.size).toBe(0);
  expect(state.lastSeen.get(2)).toBe(gone.last_seen_at);
});

test('who is in a large room is as the list of members says, for the server names nobody', () => {
  const [mira, rahul] = [user(1, { online: true }), user(2)].map((it) => ({
    ...it,
    joined_at: '2026-11-22T10:00:00.000Z',
  })) as [Member, Member];
  const here = (presence: Presence | null) => [mira, rahul].map((it) => isHere(it, presence));
  expect(here(null)).toEqual([true, false]);
  expect(here({ online: new Set(), count: 300 })).toEqual([true, false]);
  expect(here({ online: new Set([2]), count: 1 })).toEqual([false, true]);
});
