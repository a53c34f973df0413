import { expect, test } from 'vitest';

import type { RoomState } from '../../store/model';
import { entered, general, summary } from '../../testing/messages';
import { MemoryStorage } from '../../testing/world';
import { firstRoom, rememberRoom } from './last';

const of = (name: string, kind: 'public' | 'private' = 'public'): RoomState => ({
  ...general(entered()),
  summary: summary({ name, kind }),
});

test('one goes on where one was, as long as one is there', () => {
  const storage = new MemoryStorage();
  const rooms = [of('tea'), of('general')];
  rememberRoom(1, 'general', storage);
  expect(firstRoom(1, rooms, storage)).toBe('general');
  expect(firstRoom(2, rooms, storage), 'somebody else').toBe('tea');
  expect(firstRoom(1, [of('tea')], storage)).toBe('tea');
});

test('whoever was nowhere yet begins where something goes on, and reads nobody’s word unasked', () => {
  const storage = new MemoryStorage();
  const rooms = [of('private_1_2', 'private'), of('tea'), of('general')];
  expect(firstRoom(1, rooms, storage)).toBe('tea');
  expect(firstRoom(1, rooms.slice(0, 1), storage)).toBe('private_1_2');
  expect(firstRoom(1, [], storage)).toBeNull();
});
