import { describe, expect, it } from 'vitest';

import type { RoomSummary } from '../../api/types';
import type { RoomState } from '../../store/model';
import { entered, general, message, summary } from '../../testing/messages';
import { fit, ranked, rankedRooms, recentRooms } from './rank';

/** A room in which somebody spoke at that hour. */
function room(title: string, hour: number, more: Partial<RoomSummary> = {}): RoomState {
  const last_message = message(1, { created_at: `2026-11-22T${hour}:00:00.000Z` });
  const about = summary({ name: title.toLowerCase(), title, last_message, ...more });
  return { ...general(entered()), summary: about };
}

const titles = (rooms: RoomState[]) => rooms.map((one) => one.summary.title);
const found = (rooms: RoomState[], query: string) =>
  titles(rankedRooms(rooms, query, 'en').map(({ item }) => item));

describe('a name fits', () => {
  it.each([
    ['Tea', 'tea', 0],
    ['ＴÉＡ', ' Tea ', 0],
    ['Tea house', 'te', 1],
    ['  Évening   tea ', 'evening t', 1],
    ['Tea house', 'hou', 2],
    ['Tea-house', 'hou', 2],
    ['Steam', 'tea', 3],
    ['Steam and tea', 'tea', 2],
    ['চায়ের ঘর', 'চা', 1],
    ['চায়ের ঘর', 'ঘর', 2],
    ['চায়ের ঘর', 'য়ের', 3],
    ['Mira Sen', 'sen mira', 2],
    ['Mira Sen', 'sen mirabel', null],
    ['Tea house', 'coffee', null],
  ])('%s, asked for as %s: %s', (name, query, expected) => {
    expect(fit([name], query)).toBe(expected);
  });

  it('by the best of several', () => {
    expect(fit(['Steam', 'tea-room'], 'tea')).toBe(1);
  });
});

describe('what fits', () => {
  const names = (all: string[], query: string, locale = 'en') =>
    ranked(all, query, locale, (name) => ({ names: [name] })).map(({ item }) => item);

  it('is what is called so, then what begins so, then what has such a word, then the rest', () => {
    expect(names(['steam', 'high tea', 'teapot', 'tea'], 'TEA')).toEqual([
      'tea',
      'teapot',
      'high tea',
      'steam',
    ]);
  });

  it('is in the order of the language where it fits alike', () => {
    expect(names(['Team 10', 'team 9', 'Teamé 1', 'Teamb'], 'team')).toEqual([
      'team 9',
      'Team 10',
      'Teamb',
      'Teamé 1',
    ]);
  });
});

describe('one’s rooms', () => {
  it('stand by how they fit, then by their latest message', () => {
    const rooms = [
      room('Steam', 18),
      room('Evening tea', 12),
      room('Tea', 10),
      room('Teapots', 9),
      room('Teachers', 11),
      room('Coffee', 19),
    ];
    expect(found(rooms, 'TEA')).toEqual(['Tea', 'Teachers', 'Teapots', 'Evening tea', 'Steam']);
  });

  it('are found by the username of the other person, and not by the address of two', () => {
    const peer = { id: 2, username: 'rahul', display_name: 'রাহুল' };
    const rooms = [room('রাহুল', 10, { name: 'private_1_2', kind: 'private', peer })];
    expect(found(rooms, 'rah')).toEqual(['রাহুল']);
    expect(found(rooms, 'রা')).toEqual(['রাহুল']);
    expect(found(rooms, 'private')).toEqual([]);
  });

  it('without a query stand unread and recent first, the open one last', () => {
    const rooms = [
      room('Open', 19, { unread: 1 }),
      room('Old unread', 10, { unread: 2 }),
      room('Recent', 18),
      room('Unread', 11, { unread: 1 }),
    ];
    expect(titles(recentRooms(rooms, 'open'))).toEqual(['Unread', 'Old unread', 'Recent', 'Open']);
  });
});
