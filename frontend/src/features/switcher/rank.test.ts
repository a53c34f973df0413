import { describe, expect, it } from 'vitest';

import type { RoomSummary } from '../../api/types';
import type { RoomState } from '../../store/model';
import { entered, general, message, summary } from '../../testing/messages';
import { fit, rankedRooms } from './rank';

/** A room in which somebody spoke at that hour. */
function room(title: string, hour: number, more: Partial<RoomSummary> = {}): RoomState {
  const last_message = message(1, { created_at: `2026-11-22T${hour}:00:00.000Z` });
  const about = summary({ name: title.toLowerCase(), title, last_message, ...more });
  return { ...general(entered()), summary: about };
}

const titles = (rooms: RoomState[]) => rooms.map((one) => one.summary.title);

describe('a name fits', () => {
  it.each([
    ['Tea house', 'te', 0],
    ['  Évening   tea ', 'evening tea', 0],
    ['Tea house', 'hou', 1],
    ['Tea-house', 'hou', 1],
    ['Steam', 'tea', 2],
    ['Steam and tea', 'tea', 1],
    ['চায়ের ঘর', 'চা', 0],
    ['চায়ের ঘর', 'ঘর', 1],
    ['চায়ের ঘর', 'য়ের', 2],
    ['Tea house', 'coffee', null],
  ])('%s, asked for as %s: %s', (name, query, expected) => {
    expect(fit([name], query)).toBe(expected);
  });

  it('by the best of several', () => {
    expect(fit(['Steam', 'tea-room'], 'tea')).toBe(0);
  });
});

describe('one’s rooms', () => {
  it('stand by how they fit, then by their latest message', () => {
    const rooms = [
      room('Steam', 18),
      room('Evening tea', 12),
      room('Tea', 10),
      room('Teachers', 11),
      room('Coffee', 19),
    ];
    expect(titles(rankedRooms(rooms, 'TEA', null))).toEqual([
      'Teachers',
      'Tea',
      'Evening tea',
      'Steam',
    ]);
  });

  it('are found by the username of the other person, and not by the address of two', () => {
    const peer = { id: 2, username: 'rahul', display_name: 'রাহুল' };
    const rooms = [room('রাহুল', 10, { name: 'private_1_2', kind: 'private', peer })];
    expect(titles(rankedRooms(rooms, 'rah', null))).toEqual(['রাহুল']);
    expect(titles(rankedRooms(rooms, 'রা', null))).toEqual(['রাহুল']);
    expect(rankedRooms(rooms, 'private', null)).toEqual([]);
  });

  it('without a query stand unread and recent first, the open one last', () => {
    const rooms = [
      room('Open', 19, { unread: 1 }),
      room('Old unread', 10, { unread: 2 }),
      room('Recent', 18),
      room('Unread', 11, { unread: 1 }),
    ];
    expect(titles(rankedRooms(rooms, '', 'open'))).toEqual([
      'Unread',
      'Old unread',
      'Recent',
      'Open',
    ]);
  });
});
