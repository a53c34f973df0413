import { beforeEach, expect, it } from 'vitest';

import type { Api } from '../api/client';
import { MIRA, RAHUL, ready, summary } from '../testing/messages';
import { Account } from './account.svelte';
import { applyReady } from './apply';
import { ChatStore } from './chat.svelte';
import { PeopleDirectory } from './directory';
import { Membership } from './membership';

let store: ChatStore;
let asked: string[];
/** What the server says next. */
let answer: () => unknown;

const api = {
  call: async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    return answer();
  },
} as unknown as Api;

const refuse = () => {
  throw new Error('No.');
};

beforeEach(() => {
  store = new ChatStore();
  asked = [];
});

it('an account is as the sign-in said until the connection says more', async () => {
  const account = new Account(store, api, MIRA);
  expect(account.me).toBe(MIRA);
  answer = () => ({ ...MIRA, display_name: 'Mira K.' });
  await account.rename('Mira K.');
  expect(account.me.display_name).toBe('Mira K.');
  expect(store.state.me).toBe(account.me);
});

it('what is to be hidden is hidden at once, and shown again where the server does not take it', async () => {
  const account = new Account(store, api, MIRA);
  answer = () => ({ ...MIRA, hide_receipts: true });
  const hiding = account.hide({ hide_receipts: true });
  // The connection stands only now, and says how it was.
  store.update(applyReady, ready());
  expect(account.me.hide_receipts).toBe(true);
  await hiding;
  answer = refuse;
  const showing = account.hide({ hide_receipts: false });
  expect(account.me.hide_receipts).toBe(false);
  await expect(showing).rejects.toThrow('No.');
  expect(account.me.hide_receipts).toBe(true);
});

it('a room that was left is gone at once, and stays where it could not be left', async () => {
  store.update(applyReady, ready(summary(), summary({ name: 'tea' })));
  const membership = new Membership(store, api);
  answer = refuse;
  await expect(membership.leave('tea')).rejects.toThrow('No.');
  expect(store.state.rooms.has('tea')).toBe(true);
  answer = () => undefined;
  await membership.leave('tea');
  expect([...store.state.rooms.keys()]).toEqual(['general']);
});

it('a name is asked for once, and again only where there was no answer', async () => {
  const people = new PeopleDirectory(store, api);
  answer = refuse;
  await people.learn(RAHUL.id);
  answer = () => RAHUL;
  await Promise.all([people.learn(RAHUL.id), people.learn(RAHUL.id)]);
  await people.learn(RAHUL.id);
  expect(asked).toHaveLength(2);
  expect(store.state.people.get(RAHUL.id)).toEqual(RAHUL);
});
