import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { openDatabase, type Database } from '../../offline/db';
import { loadDraft } from '../../offline/drafts';
import { Draft, PAUSE_MS } from './draft';

let db: Database;
let names = 0;

beforeEach(async () => {
  db = await openDatabase(`drafts ${names++}`);
});

describe('a draft', () => {
  it('is stored a moment after the last letter', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const draft = new Draft(db, 1, 'tea');
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
    const draft = new Draft(db, 1, 'tea');
    draft.changed('unfinished');
    await draft.flush();
    expect(await new Draft(db, 1, 'tea').load()).toBe('unfinished');
    expect(await new Draft(db, 1, 'rain').load()).toBe('');
    expect(await new Draft(db, 2, 'tea').load()).toBe('');
  });

  it('is gone when nothing is written any more', async () => {
    const draft = new Draft(db, 1, 'tea');
    draft.changed('x');
    await draft.flush();
    draft.changed('');
    await draft.flush();
    expect(await loadDraft(db, 1, 'tea')).toBe('');
    expect(await db.count('drafts')).toBe(0);
  });
});
