import { expect, it } from 'vitest';

import { message, ready, summary } from '../testing/messages';
import { applyReady, applyRead, applyRoomList } from './apply';
import { ChatStore } from './chat.svelte';
import { EMPTY } from './model';

it('is empty to begin with, and holds what was applied', () => {
  const store = new ChatStore();
  expect(store.state).toBe(EMPTY);
  store.update(applyReady, ready(summary({ last_seq: 3 })));
  expect([...store.state.rooms.keys()]).toEqual(['general']);
});

it('tells who listens of each change, and of nothing else', () => {
  const store = new ChatStore();
  store.update(applyReady, ready(summary({ last_seq: 3, read_seq: 1, unread: 2 })));
  const heads: (number | undefined)[] = [];
  const stop = store.onChange(() => heads.push(store.state.rooms.get('general')?.summary.read_seq));
  store.update(applyRead, 'general', 3);
  store.update(applyRead, 'general', 2);
  store.update(applyRead, 'nowhere', 9);
  expect(heads).toEqual([3]);
  stop();
  store.update(applyRoomList, [summary({ last_message: message(3) })]);
  expect(heads).toEqual([3]);
});

it('may change once more while it is told of a change', () => {
  const store = new ChatStore();
  store.update(applyReady, ready(summary({ last_seq: 3, read_seq: 1, unread: 2 })));
  const heads: (number | undefined)[] = [];
  store.onChange(() => {
    heads.push(store.state.rooms.get('general')?.summary.read_seq);
    store.update(applyRead, 'general', 3);
  });
  store.update(applyRead, 'general', 2);
  expect(heads).toEqual([2, 3]);
});

it('can be changed in no other way', () => {
  const store = new ChatStore();
  // @ts-expect-error -- It has no setter.
  expect(() => (store.state = EMPTY)).toThrow(TypeError);
});
