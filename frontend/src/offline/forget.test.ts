import 'fake-indexeddb/auto';

import { beforeEach, expect, test } from 'vitest';

import { MemoryShelf } from '../testing/world';
import { openDatabase, type Database } from './db';
import { saveDraft } from './drafts';
import { clearDatabase, clearShelf } from './forget';
import { places } from './shelf';

const [MIRA, RAVI] = [1, 2];
let db: Database;
let shelf: MemoryShelf;
let databases = 0;

beforeEach(async () => {
  db = await openDatabase(`forget-${(databases += 1)}`);
  shelf = new MemoryShelf();
  for (const userId of [MIRA, RAVI]) {
    await saveDraft(db, userId, 'general', 'not finished');
    const entry = { clientId: `a-${userId}`, userId, room: 'general', text: 'a', at: 1, tab: 't' };
    await db.put('outgoing', entry);
    shelf.setItem(`adda.outgoing.b-${userId}`, JSON.stringify({ ...entry, clientId: 'b' }));
    shelf.setItem(`adda.draft.${userId}.general`, 'not finished');
    shelf.setItem(`adda.last-room.${userId}`, 'general');
  }
  shelf.setItem('adda.outgoing.broken', '{"userId":');
  shelf.setItem('adda.preferences', '{"scheme":"dark"}');
  shelf.setItem('adda.signed-in', '1');
});

async function owners(): Promise<unknown[]> {
  const kept = [...(await db.getAll('drafts')), ...(await db.getAll('outgoing'))];
  return kept.map((entry) => entry.userId);
}

test('whoever is signed in finds all of theirs and nothing of others', async () => {
  clearShelf(shelf, MIRA);
  await clearDatabase(db, MIRA);
  expect(await owners()).toEqual([MIRA, MIRA]);
  expect(places(shelf, 'adda.').sort()).toEqual([
    'adda.draft.1.general',
    'adda.last-room.1',
    'adda.outgoing.b-1',
    'adda.preferences',
    'adda.signed-in',
  ]);
});

test('where nobody is signed in, nothing of anybody is left', async () => {
  clearShelf(shelf, null);
  await clearDatabase(db, null);
  expect(await owners()).toEqual([]);
  expect(places(shelf, 'adda.').sort()).toEqual(['adda.preferences', 'adda.signed-in']);
});
