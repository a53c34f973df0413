import { expect, test } from 'vitest';

import type { Message, SearchHit } from '../../api/types';
import type { ChatState, RoomState } from '../../store/model';
import { living } from './options';

const hit = (room: string, id: string) => ({ message: { room, id } }) as SearchHit;
const deleted = (id: string) => ({ id, deleted_at: '2026-11-28T10:00:00Z' }) as Message;

test('what was deleted since it was found is no hit any more', () => {
  const hits = [hit('tea', 'a'), hit('tea', 'b'), hit('rust', 'c'), hit('elsewhere', 'd')];
  const rooms = new Map<string, Partial<RoomState>>([
    ['tea', { arrived: [deleted('b')], timeline: null }],
    [
      'rust',
      { arrived: [], timeline: { items: [deleted('c')], hasBefore: false, hasAfter: false } },
    ],
  ]);
  const found = living(hits, { rooms } as unknown as ChatState);
  expect(found.map(({ message }) => message.id)).toEqual(['a', 'd']);
  expect(living(hits, { rooms: new Map() } as unknown as ChatState)).toBe(hits);
});
