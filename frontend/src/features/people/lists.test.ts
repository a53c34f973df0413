import { describe, expect, it } from 'vitest';

import type { User } from '../../api/types';
import { EMPTY } from '../../store/model';
import { onlineNow, toWatch } from './lists';

const user = (id: number, display_name: string): User => ({
  id,
  username: `user-${id}`,
  display_name,
  online: false,
});
const [mira, rahul, tuli, emon] = [
  user(1, 'Mira'),
  user(2, 'rahul'),
  user(3, 'Tuli'),
  user(4, 'Émon'),
];
const names = (users: User[]) => users.map((one) => one.display_name);

describe('who is online now', () => {
  const state = { ...EMPTY, online: new Set([1, 2, 3, 4]) };

  it('is each of the others once, by name', () => {
    expect(names(onlineNow(state, 1, 'en', [tuli, rahul], [emon, mira, rahul]))).toEqual([
      'Émon',
      'rahul',
      'Tuli',
    ]);
  });

  it('follows who comes and goes, also of those who were found offline', () => {
    const online = new Set([3]);
    expect(names(onlineNow({ ...EMPTY, online }, 1, 'en', [rahul], [tuli]))).toEqual(['Tuli']);
  });

  it('is nobody before anybody was found', () => {
    expect(onlineNow(state, 1, 'en', null, null)).toEqual([]);
  });
});

it('watched are all that were found but oneself, who was online first', () => {
  expect(toWatch(1, [tuli], [mira, rahul, tuli])).toEqual([3, 2]);
  expect(toWatch(1, null, null)).toEqual([]);
});
