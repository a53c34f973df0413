import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Refused } from '../api/errors';
import type { SearchHit, SearchPage } from '../api/types';
import { Search } from './search.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Asked {
  query: { q: string; cursor?: string };
  signal: AbortSignal;
  answer: (page: Partial<SearchPage>) => void;
  refuse: (error: unknown) => void;
}

/** A search whose answers come when the test wants. */
function slowly() {
  const asked: Asked[] = [];
  const search = new Search(
    (query, signal) =>
      new Promise((resolve, reject) => {
        const answer = (page: Partial<SearchPage>) =>
          resolve({ items: [], partial: false, indexing: false, ...page });
        asked.push({ query, signal, answer, refuse: reject });
      }),
    () => Date.now(),
  );
  return { asked, search, said: () => search.hits.map(({ message }) => message.id) };
}

const hits = (...ids: string[]) => ids.map((id) => ({ message: { id } }) as SearchHit);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('as one types', () => {
  test('it is asked once the person pauses', async () => {
    const { asked, search } = slowly();
    for (const q of ['t', 'te', 'tea']) {
      search.soon(q);
      await pass(50);
    }
    expect(asked).toHaveLength(0);
    await pass(150);
    expect(asked.map(({ query }) => query)).toEqual([{ q: 'tea' }]);
  });

  test('what is asked no more is called off, and never shown', async () => {
    const { asked, search, said } = slowly();
    void search.start('te');
    void search.start('tea');
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    asked[1]?.answer({ items: hits('tea') });
    await pass(0);
    asked[0]?.answer({ items: hits('tent') });
    await pass(0);
    expect(said()).toEqual(['tea']);
    expect(search.shown).toBe('tea');
    expect(search.isLoading).toBe(false);
  });

  test('what failed in between is no failure', async () => {
    const { asked, search } = slowly();
    void search.start('te');
    void search.start('tea');
    asked[0]?.refuse(new Error('called off'));
    await pass(0);
    expect(search.problem).toBeNull();
    expect(search.isLoading).toBe(true);
  });

  test('what was found stays until there is something else', async () => {
    const { asked, search, said } = slowly();
    void search.start('te');
    asked[0]?.answer({ items: hits('tea', 'tent') });
    await pass(0);
    void search.start('tea');
    expect(said()).toEqual(['tea', 'tent']);
    asked[1]?.answer({ items: hits('tea') });
    await pass(0);
    expect(said()).toEqual(['tea']);
  });

  test('whoever comes back to what is shown asks nothing', async () => {
    const { asked, search, said } = slowly();
    void search.start('te');
    asked[0]?.answer({ items: hits('tea') });
    await pass(0);
    void search.start('tea');
    search.soon('te');
    expect(asked[1]?.signal.aborted).toBe(true);
    expect(search.isLoading).toBe(false);
    await pass(1_000);
    expect(asked).toHaveLength(2);
    expect(said()).toEqual(['tea']);
  });

  test('nothing is found for nothing, at once', async () => {
    const { asked, search, said } = slowly();
    void search.start('te');
    asked[0]?.answer({ items: hits('tea'), next_cursor: 'c' });
    await pass(0);
    search.soon('');
    expect(said()).toEqual([]);
    expect(search.hasMore).toBe(false);
    await pass(1_000);
    expect(asked).toHaveLength(1);
  });
});

describe('page by page', () => {
  test('the next one begins where the last ended, and no message stands twice', async () => {
    const { asked, search, said } = slowly();
    void search.start('tea');
    asked[0]?.answer({ items: hits('d', 'c'), next_cursor: '2', partial: true });
    await pass(0);
    expect(search.isPartial).toBe(true);
    void search.more();
    void search.more();
    expect(asked).toHaveLength(2);
    expect(asked[1]?.query).toEqual({ q: 'tea', cursor: '2' });
    asked[1]?.answer({ items: hits('c', 'b') });
    await pass(0);
    expect(said()).toEqual(['d', 'c', 'b']);
    expect(search.hasMore).toBe(false);
    await search.more();
    expect(asked).toHaveLength(2);
  });

  test('one that is not wanted any more does not come in', async () => {
    const { asked, search, said } = slowly();
    void search.start('tea');
    asked[0]?.answer({ items: hits('c'), next_cursor: '2' });
    await pass(0);
    void search.more();
    void search.start('lemon');
    asked[2]?.answer({ items: hits('lemon') });
    asked[1]?.answer({ items: hits('b') });
    await pass(0);
    expect(said()).toEqual(['lemon']);
  });

  test('one that failed is asked for once more, and what is there stays', async () => {
    const { asked, search, said } = slowly();
    void search.start('tea');
    asked[0]?.answer({ items: hits('c'), next_cursor: '2' });
    await pass(0);
    void search.more();
    asked[1]?.refuse(new Error('gone'));
    await pass(0);
    expect(search.problem).not.toBeNull();
    expect(said()).toEqual(['c']);
    void search.again('tea');
    expect(asked[2]?.query).toEqual({ q: 'tea', cursor: '2' });
    asked[2]?.answer({ items: hits('b') });
    await pass(0);
    expect(said()).toEqual(['c', 'b']);
    expect(search.problem).toBeNull();
  });
});

describe('what goes wrong', () => {
  test('too often waits as it is told, and then asks by itself', async () => {
    const { asked, search, said } = slowly();
    const problem = { type: '', title: '', detail: '', status: 429, code: 'rate_limited' } as const;
    void search.start('tea');
    asked[0]?.refuse(new Refused({ ...problem, retry_after_ms: 2_000 }));
    await pass(0);
    void search.again('tea');
    await pass(1_900);
    expect(asked).toHaveLength(1);
    await pass(200);
    expect(asked).toHaveLength(2);
    asked[1]?.answer({ items: hits('tea') });
    await pass(0);
    expect(said()).toEqual(['tea']);
    expect(search.problem).toBeNull();
  });

  test('nobody waits for ever', async () => {
    const { asked, search } = slowly();
    void search.start('tea');
    const { signal } = asked[0] as Asked;
    signal.addEventListener('abort', () => asked[0]?.refuse(signal.reason));
    await pass(15_000);
    expect(search.problem).toMatchObject({ name: 'TimeoutError' });
    expect(search.isLoading).toBe(false);
  });
});
