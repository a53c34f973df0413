import type { Component } from 'svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Message, SearchHit, SearchPage } from '../../api/types';
import { Search } from '../../store/search.svelte';
import { HitWalk } from './walk.svelte';

const part = (() => {}) as unknown as Component<never>;

function hit(seq: number, more: Partial<SearchHit> = {}): SearchHit {
  const message = { id: `m${seq}`, seq, room: 'tea', text: `tea ${seq}` } as Message;
  return {
    message,
    room: { name: 'tea' },
    matches: [{ start: 0, end: 3 }],
    file_matches: [],
    ...more,
  } as SearchHit;
}

let shown: number[];
let asked: number;

/** A walk through these pages of hits, the first of which is there. */
async function walking(from: SearchHit, ...pages: SearchHit[][]): Promise<HitWalk> {
  const search = new Search(async ({ cursor }): Promise<SearchPage> => {
    asked += 1;
    const at = Number(cursor ?? 0);
    const more = at + 1 < pages.length ? { next_cursor: String(at + 1) } : {};
    return { items: pages[at] ?? [], partial: false, indexing: false, ...more };
  });
  await search.start('tea');
  const parts = { Bar: part, Text: part, show: (seq: number) => shown.push(seq) };
  return new HitWalk(search, from, parts as never, false);
}

beforeEach(() => {
  shown = [];
  asked = 0;
});

describe('from hit to hit', () => {
  it('it goes back in time and forth again, and stops at the ends', async () => {
    const walk = await walking(hit(9), [hit(9), hit(5), hit(2)]);
    expect([walk.at, walk.hasPrevious]).toEqual([0, false]);
    await walk.next();
    await walk.next();
    expect([walk.at, walk.hasNext]).toEqual([2, false]);
    await walk.next();
    walk.previous();
    walk.previous();
    walk.previous();
    expect(shown).toEqual([5, 2, 5, 9]);
  });

  it('it loads further pages as they are needed, also past an empty one', async () => {
    const walk = await walking(hit(9), [hit(9)], [], [hit(4)]);
    expect(walk.hasNext).toBe(true);
    await walk.next();
    expect([walk.seq, asked]).toEqual([4, 3]);
    expect(walk.hasNext).toBe(false);
  });

  it('it learns how many there are before the one that it begins at', async () => {
    const walk = await walking(hit(3), [hit(9), hit(8)], [hit(5), hit(3)], [hit(1)]);
    expect(walk.at).toBe(-1);
    await walk.reach();
    expect([walk.at, asked]).toEqual([3, 2]);
  });

  it('it goes on from a message that is no hit any more', async () => {
    const walk = await walking(hit(6), [hit(9), hit(5)]);
    walk.previous();
    await walk.next();
    expect(shown).toEqual([9, 5]);
  });
});

describe('what matches', () => {
  it('is marked in each message that was found, and in the names of its files', async () => {
    const file = { media_id: 'f', start: 1, end: 2 };
    const walk = await walking(hit(9), [hit(9), hit(5, { matches: [], file_matches: [file] })]);
    expect(walk.marksIn(hit(9).message)?.matches).toEqual([{ start: 0, end: 3 }]);
    expect(walk.marksIn(hit(5).message)).toBeUndefined();
    expect(walk.marksIn(hit(5).message, 'f')?.matches).toEqual([file]);
    expect(walk.marksIn(hit(5).message, 'other')).toBeUndefined();
    expect(walk.marksIn(hit(7).message)).toBeUndefined();
  });

  it('is marked at once in the one that was opened, and no more where it was edited', async () => {
    const walk = await walking(hit(3), [hit(9)]);
    expect(walk.marksIn(hit(3).message)).toBeDefined();
    expect(walk.marksIn({ ...hit(3).message, text: 'no more' })).toBeUndefined();
  });
});
