import { beforeEach, expect, it, vi } from 'vitest';

import { deleted, entered, message, page, summary, ready, tombstone } from '../testing/messages';
import { applyFrames, applyReady, applyRemoved, applyVisit } from './apply';
import { silenceLost } from './audible';
import { ChatStore } from './chat.svelte';
import { applyPage } from './pages';
import type { Playable, Player } from './player.svelte';

let store: ChatStore;
let current: { played: Playable } | null;
const forget = vi.fn();

beforeEach(() => {
  store = new ChatStore();
  store.update(() => entered({ last_seq: 2 }));
  store.update(applyPage, 'general', page([message(1), message(2)], 2));
  current = { played: message(1) };
  forget.mockReset();
  const player = {
    get current() {
      return current;
    },
    forget,
  };
  silenceLost(store, player as unknown as Player);
});

it('what is deleted while it is played is silent, and nothing else is', () => {
  store.update(applyFrames, [deleted(tombstone(2, 3))], 0);
  expect(forget).not.toHaveBeenCalled();
  store.update(applyFrames, [deleted(tombstone(1, 4))], 0);
  expect(forget).toHaveBeenCalledExactlyOnceWith('id-1');
});

it('what is deleted where one has jumped away from is silent too', () => {
  store.update(applyPage, 'general', page([message(2)], 2));
  store.update(applyFrames, [deleted(tombstone(1, 3))], 0);
  expect(forget).toHaveBeenCalledExactlyOnceWith('id-1');
});

it('what was begun while it was on its way is silent once its message is deleted', () => {
  current = { played: { id: 'client-1', room: 'general', recording: new Blob() } };
  store.update(applyFrames, [deleted(tombstone(2, 3))], 0);
  expect(forget).not.toHaveBeenCalled();
  store.update(applyFrames, [deleted(tombstone(1, 4))], 0);
  expect(forget).toHaveBeenCalledExactlyOnceWith('client-1');
});

it('whoever is no longer in a room hears nothing of it, also where that was said while they were away', () => {
  store.update(applyRemoved, 'tea');
  expect(forget).not.toHaveBeenCalled();
  store.update(applyReady, ready(summary({ name: 'other' })));
  expect(forget).toHaveBeenCalledExactlyOnceWith('id-1');
});

it('what is read along is heard on while another room is read along', () => {
  const about = { kind: 'public' as const, title: 'T', last_seq: 0 };
  const visit = (name: string) => store.update(applyVisit, { name, ...about } as never);
  visit('tea');
  current = { played: message(1, { room: 'tea' }) };
  visit('milk');
  expect(forget).not.toHaveBeenCalled();
});
