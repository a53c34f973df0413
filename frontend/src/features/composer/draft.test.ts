import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Database } from '../../offline/db';
import { MemoryStorage } from '../../testing/world';
import { Draft, PAUSE_MS } from './draft';

let db: Database;
let names = 0;
let local: MemoryStorage;

/** What is written in a room by somebody. */
function draftOf(user: number, room: string): Draft {
  return new Draft(db, user, room, local);
}

beforeEach(async () => {
  local = new MemoryStorage();
  db = await Database.open(`drafts ${names++}`);
});

describe('a draft', () => {
  it('is stored a moment after the last letter', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const draft = draftOf(1, 'tea');
    draft.changed('h');
    vi.advanceTimersByTime(PAUSE_MS - 1);
    draft.changed('hi');
    vi.advanceTimersByTime(PAUSE_MS - 1);
    vi.useRealTimers();
    expect(await draft.load()).toBe('');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    draft.changed('hi!');
    vi.advanceTimersByTime(PAUSE_MS);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await draft.load()).toBe('hi!'));
  });

  it('is stored at once when the room is left', async () => {
    const draft = draftOf(1, 'tea');
    draft.changed('unfinished');
    await draft.flush();
    expect(await draftOf(1, 'tea').load()).toBe('unfinished');
    expect(await draftOf(1, 'rain').load()).toBe('');
    expect(await draftOf(2, 'tea').load()).toBe('');
  });

  it('keeps its last letters when the page goes before they are stored', async () => {
    const draft = draftOf(1, 'tea');
    draft.changed('half');
    await draft.flush();
    draft.changed('half a thou');
    draft.putAside();
    expect(await draftOf(1, 'rain').load()).toBe('');
    expect(await draftOf(1, 'tea').load()).toBe('half a thou');
    expect(await db.draft(1, 'tea')).toBe('half a thou');
    expect(local.length).toBe(0);
  });

  it('that came back with its page is not undone by what was put aside for a new one', async () => {
    const draft = draftOf(1, 'tea');
    draft.changed('half a thou');
    draft.putAside();
    draft.changed('half a thought');
    await draft.flush();
    expect(await draftOf(1, 'tea').load()).toBe('half a thought');
  });

  it('is kept where the database fails, but not once the person has signed out', async () => {
    vi.spyOn(db, 'putDraft').mockRejectedValue(new Error('It is full.'));
    const draft = draftOf(1, 'tea');
    draft.changed('kept');
    await draft.flush();
    expect(await draftOf(1, 'tea').load()).toBe('kept');
    local.removeItem('adda.draft.1.tea');
    draft.changed('a secret');
    const flushing = draft.flush();
    db.close();
    await flushing;
    draft.putAside();
    expect(local.length).toBe(0);
  });

  it('is gone when nothing is written any more', async () => {
    const draft = draftOf(1, 'tea');
    draft.changed('x');
    await draft.flush();
    draft.changed('');
    await draft.flush();
    expect(await db.draft(1, 'tea')).toBe('');
  });
});
