import { expect, it } from 'vitest';

import type { Room } from '../api/types';
import { ready } from '../testing/messages';
import { applyReady } from './apply';
import { EMPTY } from './model';
import { mayChange } from './rights';

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
