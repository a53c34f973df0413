import { expect, test } from 'vitest';

import { MemoryStorage, settled } from '../testing/world';
import { draftKey, Drafts } from './drafts.svelte';

function world(stored: [string, string][], local = new MemoryStorage()) {
  const put: [string, string][] = [];
  let answer = (_: ReadonlyMap<string, string>) => {};
  const db = {
    isClosed: false,
    drafts: () => new Promise<ReadonlyMap<string, string>>((resolve) => (answer = resolve)),
    draft: () => Promise.resolve(''),
    putDraft: (_: number, room: string, text: string) => {
      put.push([room, text]);
      return Promise.reject(new Error('full'));
    },
  };
  const drafts = new Drafts(db, 1, local);
  const load = async () => {
    answer(new Map(stored));
    await settled();
  };
  return { drafts, put, load };
}

test('drafts are what the browser kept, and what is written now is newer than that', async () => {
  const { drafts, put, load } = world([
    ['tea', 'old'],
    ['cricket', 'kept'],
    ['blank', '  '],
  ]);
  await expect(drafts.putDraft(1, 'tea', 'new \n')).rejects.toThrow('full');
  await load();
  // Also where no database takes it.
  expect([...drafts.texts]).toEqual([
    ['tea', 'new'],
    ['cricket', 'kept'],
  ]);
  expect(put).toEqual([['tea', 'new \n']]);
  await drafts.putDraft(1, 'cricket', '').catch(() => {});
  expect([...drafts.texts.keys()]).toEqual(['tea']);
});

test('what an earlier page had no time to store is the newest', async () => {
  const local = new MemoryStorage();
  local.setItem(draftKey(1, 'tea'), 'just before it went');
  local.setItem(draftKey(1, 'cricket'), '');
  local.setItem(draftKey(12, 'tea'), 'somebody else’s');
  const { drafts, load } = world(
    [
      ['tea', 'old'],
      ['cricket', 'sent since'],
    ],
    local,
  );
  await load();
  expect([...drafts.texts]).toEqual([['tea', 'just before it went']]);
});
