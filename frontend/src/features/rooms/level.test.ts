import { beforeEach, expect, test } from 'vitest';

import type { RoomPreferences } from '../../api/types';
import { MIRA, summary } from '../../testing/messages';
import { MemoryStorage } from '../../testing/world';
import type { Chat } from '../context';
import { hear, toggleMuted } from './level';

let storage: MemoryStorage;
let room: ReturnType<typeof summary>;
const chat = {
  me: MIRA,
  membership: {
    prefer: (_: string, change: Partial<RoomPreferences>) => {
      room = { ...room, preferences: { ...room.preferences, ...change } };
      return Promise.resolve();
    },
  },
} as unknown as Pick<Chat, 'me' | 'membership'>;

beforeEach(() => {
  storage = new MemoryStorage();
  room = summary();
});

const level = () => room.preferences.notifications;

test('a room that is muted and unmuted is heard as before', async () => {
  await hear(chat, room, 'all', storage);
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('nothing');
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('all');
});

test('also where it was muted by the choice of a level, and that twice', async () => {
  await hear(chat, room, 'all', storage);
  await hear(chat, room, 'nothing', storage);
  await hear(chat, room, 'nothing', storage);
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('all');
  // What was chosen since is not what was before.
  await hear(chat, room, 'mentions', storage);
  await toggleMuted(chat, room, storage);
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('mentions');
});

test('one that was muted elsewhere is heard as is usual', async () => {
  room = { ...room, preferences: { ...room.preferences, notifications: 'nothing' } };
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('mentions');
  storage.setItem(`adda.level.${MIRA.id}`, 'general=loud');
  room = { ...room, preferences: { ...room.preferences, notifications: 'nothing' } };
  await toggleMuted(chat, room, storage);
  expect(level()).toBe('mentions');
});
