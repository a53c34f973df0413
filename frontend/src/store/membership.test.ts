import { expect, test } from 'vitest';

import type { Api } from '../api/client';
import { Unreachable } from '../api/errors';
import type { RoomPreferences } from '../api/types';
import { general, ready, summary } from '../testing/messages';
import { settled } from '../testing/world';
import { applyReady } from './apply';
import { ChatStore } from './chat.svelte';
import { Membership } from './membership';

interface Asked {
  body: Partial<RoomPreferences>;
  answer: (said: RoomPreferences) => void;
  fail: (error: Error) => void;
}

const USUAL = summary().preferences;

function world() {
  const asked: Asked[] = [];
  const store = new ChatStore();
  store.update(applyReady, ready(summary()));
  const api = {
    call: (_method: string, _path: string, { body }: Pick<Asked, 'body'>) =>
      new Promise<RoomPreferences>((answer, fail) => asked.push({ body, answer, fail })),
  } as unknown as Api;
  return { asked, store, membership: new Membership(store, api) };
}

const now = (store: ChatStore) => general(store.state).summary.preferences;

test('what one wants of a room is shown at once, and is what the server makes of it', async () => {
  const { asked, store, membership } = world();
  const done = membership.prefer('general', { pinned: true });
  expect(now(store)).toEqual({ ...USUAL, pinned: true });
  await settled();
  expect(asked.map(({ body }) => body)).toEqual([{ pinned: true }]);
  asked[0]?.answer({ ...USUAL, pinned: true, marked_unread: true });
  await done;
  expect(now(store)).toEqual({ ...USUAL, pinned: true, marked_unread: true });
});

test('what the server cannot be told is put back, and whoever asked hears of it', async () => {
  const { asked, store, membership } = world();
  const done = membership.prefer('general', { notifications: 'nothing' });
  await settled();
  asked[0]?.fail(new Unreachable(new Error('away')));
  await expect(done).rejects.toThrow(Unreachable);
  expect(now(store)).toEqual(USUAL);
});

test('changes of a room go one after the other, and one that fails leaves the others', async () => {
  const { asked, store, membership } = world();
  const pinned = membership.prefer('general', { pinned: true });
  const unpinned = membership.prefer('general', { pinned: false });
  const muted = membership.prefer('general', { notifications: 'nothing' });
  await settled();
  expect(asked).toHaveLength(1);
  asked[0]?.answer({ ...USUAL, pinned: true });
  await pinned;
  // The last word is what is shown, whatever is still on its way.
  expect(now(store)).toEqual({ ...USUAL, notifications: 'nothing' });
  await settled();
  asked[1]?.fail(new Unreachable(new Error('away')));
  await expect(unpinned).rejects.toThrow(Unreachable);
  await settled();
  asked[2]?.answer({ ...USUAL, pinned: true, notifications: 'nothing' });
  await muted;
  expect(now(store)).toEqual({ ...USUAL, pinned: true, notifications: 'nothing' });
});

test('a room that one is not in has nothing to be wanted of', async () => {
  const { asked, membership } = world();
  await membership.prefer('nowhere', { pinned: true });
  expect(asked).toEqual([]);
});
