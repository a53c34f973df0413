import 'fake-indexeddb/auto';

import { beforeEach, expect, test } from 'vitest';

import { keysOf } from '../lib/local';
import { MemoryStorage } from '../testing/world';
import { Database } from './db';
import { clearLocal } from './forget';
import type { Outgoing } from './outgoing';

const [MIRA, RAVI] = [1, 2];
let db: Database;
let local: MemoryStorage;
let databases = 0;

beforeEach(async () => {
  db = await Database.open(`forget-${(databases += 1)}`);
  local = new MemoryStorage();
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
    const piece = { recording: 'r', number: 0, data: new Blob(['a']), durationMs: 1, levels: [] };
    await db.putPiece({ userId, room: 'general', ...piece });
    local.setItem(`adda.outgoing.b-${userId}`, JSON.stringify({ ...entry, clientId: 'b' }));
    local.setItem(`adda.draft.${userId}.general`, 'not finished');
    local.setItem(`adda.last-room.${userId}`, 'general');
    local.setItem(`adda.heard.${userId}`, 'a-voice');
    local.setItem(`adda.level.${userId}`, 'general=all');
    local.setItem(`adda.searches.${userId}`, '["tea"]');
  }
  local.setItem('adda.outgoing.broken', '{"userId":');
  local.setItem('adda.preferences', '{"scheme":"dark"}');
  local.setItem('adda.signed-in', '1');
});

/** Of whom there is a draft, of whom a message and of whom a recording. */
async function owners(): Promise<number[]> {
  const found: number[] = [];
  for (const userId of [MIRA, RAVI]) {
    if ((await db.draft(userId, 'general')) !== '') found.push(userId);
    await db.adopt(userId, () => {
      found.push(userId);
      return null;
    });
    for (const _ of await db.recordings(userId, 'general')) found.push(userId);
  }
  return found;
}

test('whoever is signed in finds all of theirs and nothing of others', async () => {
  clearLocal(local, MIRA);
  await db.clear(MIRA);
  expect(await owners()).toEqual([MIRA, MIRA, MIRA]);
  expect(keysOf(local, 'adda.').sort()).toEqual([
    'adda.draft.1.general',
    'adda.heard.1',
    'adda.last-room.1',
    'adda.level.1',
    'adda.outgoing.b-1',
    'adda.preferences',
    'adda.searches.1',
    'adda.signed-in',
  ]);
});

test('where nobody is signed in, nothing of anybody is left', async () => {
  clearLocal(local, null);
  await db.clear(null);
  expect(await owners()).toEqual([]);
  expect(keysOf(local, 'adda.').sort()).toEqual(['adda.preferences', 'adda.signed-in']);
});
