import { expect, it } from 'vitest';

import type { Room } from '../api/types';
import { ready } from '../testing/messages';
import { applyReady } from './apply';
import { EMPTY } from './model';
import { mayCallEverybody, mayChange } from './rights';

it('lets who made a room and administrators change it, and nobody else', () => {
  const state = applyReady(EMPTY, ready());
  const { user: me } = ready();
  const made = (created_by?: number) => ({ created_by }) as Room;
  expect(mayChange(made(me.id), state)).toBe(true);
  expect(mayChange(made(me.id + 1), state)).toBe(false);
  expect(mayChange(made(), state)).toBe(false);
  expect(mayChange(made(), { ...state, me: { ...me, is_admin: true } })).toBe(true);
  expect(mayChange(made(), EMPTY)).toBe(false);
});

it('lets everybody of a room call all others, and in a large one who may change it', () => {
  const state = applyReady(EMPTY, ready());
  const { user: me } = ready();
  const of = (member_count: number, more: Partial<Room> = {}) =>
    ({ kind: 'public', member_count, ...more }) as Room;
  expect(mayCallEverybody(of(100), state)).toBe(true);
  expect(mayCallEverybody(of(101), state)).toBe(false);
  expect(mayCallEverybody(of(101, { created_by: me.id }), state)).toBe(true);
  expect(mayCallEverybody(of(101), { ...state, me: { ...me, is_admin: true } })).toBe(true);
  expect(mayCallEverybody(of(2, { kind: 'private' }), state)).toBe(false);
});
