import { expect, test } from 'vitest';

import type { Chat } from '../context';
import { entered, MIRA } from '../../testing/messages';
import { isNothing, waitingOf } from './waiting';

const chat = (
  outgoing: readonly { clientId: string }[],
  count: number,
  recordings: () => Promise<ReadonlySet<string>>,
) =>
  ({
    me: MIRA,
    store: { state: { ...entered(), outgoing } },
    picks: { count },
    db: { recordings },
  }) as unknown as Chat;
const none = () => Promise.resolve(new Set<string>());

test('messages, what was picked and recordings wait, each counted once', async () => {
  const kept = () => Promise.resolve(new Set(['sent', 'kept']));
  expect(await waitingOf(chat([{ clientId: 'sent' }, { clientId: 'b' }], 3, kept))).toEqual({
    messages: 2,
    files: 3,
    recordings: 1,
  });
});

test('where nothing waits, nothing is asked, also without a database', async () => {
  expect(isNothing(await waitingOf(chat([], 0, none)))).toBe(true);
  const broken = () => Promise.reject(new Error('closed'));
  expect(isNothing(await waitingOf(chat([], 0, broken)))).toBe(true);
  expect(isNothing(await waitingOf(chat([{ clientId: 'a' }], 0, none)))).toBe(false);
});
