import 'fake-indexeddb/auto';

import { beforeEach, expect, test } from 'vitest';

import { MemoryShelf } from '../testing/world';
import { Database } from './db';
import { clearShelf } from './forget';
import type { Outgoing } from './outgoing';
import { places } from './shelf';

const [MIRA, RAVI] = [1, 2];
let db: Database;
let shelf: MemoryShelf;
let databases = 0;

beforeEach(async () => {
  db = await Database.open(`forget-${(databases += 1)}`);
  shelf = new MemoryShelf();
  for (const userId of [MIRA, RAVI]) {
    await db.putDraft(userId, 'general', 'not finished');
    const entry: Outgoing = {
      clientId: `a-${userId}`,
      userId,
      room: 'general',
      content: { kind: 'text', text: 'a' },
      state: { kind: 'ready' },
      at: 1,
      tab: 't',
    };
    await db.put(entry);
    shelf.setItem(`adda.outgoing.b-${userId}`, JSON.stringify({ ...entry, clientId: 'b' }));
    shelf.setItem(`adda.draft.${userId}.general`, 'not finished');
    shelf.setItem(`adda.last-room.${userId}`, 'general');
  }
  shelf.setItem('adda.outgoing.broken', '{"userId":');
  shelf.setItem('adda.preferences', '{"scheme":"dark"}');
  shelf.setItem('adda.signed-in', '1');
});

/** Of whom there is a draft, and of whom a message. */
async function owners(): Promise<number[]> {
  const found: number[] = [];
  for (const userId of [MIRA, RAVI]) {
    if ((await db.draft(userId, 'general')) !== '') found.push(userId);
    await db.adopt(userId, () => {
      found.push(userId);
      return null;
    });
  }
  return found;
}

test('whoever is signed in finds all of theirs and nothing of others', async () => {
  clearShelf(shelf, MIRA);
  await db.clear(MIRA);
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
  await db.clear(null);
  expect(await owners()).toEqual([]);
  expect(places(shelf, 'adda.').sort()).toEqual(['adda.preferences', 'adda.signed-in']);
});
