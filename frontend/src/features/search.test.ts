import { expect, test, vi } from 'vitest';

import { Search } from './search.svelte';

interface Page {
  items: { name: string }[];
  next_cursor?: string;
}

/** A list whose answers come when the test wants. */
function slowly() {
  const asked: { query: { q: string; cursor?: string }; answer: (page: Page | null) => void }[] =
    [];
  const ask = (query: { q: string; cursor?: string }) =>
    new Promise<Page>((resolve, reject) => {
      asked.push({
        query,
        answer: (page) => (page ? resolve(page) : reject(new Error('gone'))),
      });
    });
  return { asked, search: new Search(ask) };
}

const names = (search: Search<{ name: string }>) => search.items?.map(({ name }) => name);

test('of two searches the later one is shown, whichever answers last', async () => {
  const { asked, search } = slowly();
  const first = search.start('t');
  const second = search.start('tea');
  asked[1]?.answer({ items: [{ name: 'tea' }] });
  await second;
  asked[0]?.answer({ items: [{ name: 'tents' }] });
  await first;
  expect(names(search)).toEqual(['tea']);
  expect(search.shown).toBe('tea');
});

test('the same search is begun once, and whoever wants it has what it found', async () => {
  const { asked, search } = slowly();
  const first = search.start('tea');
  const second = search.start('tea');
  expect(asked).toHaveLength(1);
  asked[0]?.answer({ items: [{ name: 'tea' }] });
  await second;
  expect(names(search)).toEqual(['tea']);
  await first;
  void search.start('tea');
  expect(asked).toHaveLength(2);
});

test('a next page goes below the first and is asked for once', async () => {
  const { asked, search } = slowly();
  const start = search.start('');
  asked[0]?.answer({ items: [{ name: 'a' }], next_cursor: 'after-a' });
  await start;
  const more = search.more();
  void search.more();
  expect(asked).toHaveLength(2);
  expect(asked[1]?.query.cursor).toBe('after-a');
  asked[1]?.answer({ items: [{ name: 'b' }] });
  await more;
  expect(names(search)).toEqual(['a', 'b']);
  expect(search.hasMore).toBe(false);
});

test('a failure keeps what is shown and says so', async () => {
  const { asked, search } = slowly();
  const start = search.start('');
  asked[0]?.answer({ items: [{ name: 'a' }] });
  await start;
  const failing = search.start('b');
  asked[1]?.answer(null);
  await failing;
  expect(search.hasFailed).toBe(true);
  expect(names(search)).toEqual(['a']);
});

test('a search begins when the person pauses, and at once where nothing is typed', () => {
  vi.useFakeTimers();
  const { asked, search } = slowly();
  search.soon('t')();
  search.soon('tea');
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(asked.map(({ query }) => query.q)).toEqual(['tea']);
  search.soon('');
  vi.advanceTimersByTime(1);
  expect(asked.map(({ query }) => query.q)).toEqual(['tea', '']);
  vi.useRealTimers();
});

test('what moved between two pages stands once, as it is now', async () => {
  const { asked, search } = slowly();
  const first = search.start('');
  asked[0]?.answer({ items: [{ name: 'rust' }, { name: 'tea' }], next_cursor: 'on' });
  await first;
  const more = search.more();
  const moved = { name: 'tea', title: 'All kinds of tea' };
  asked[1]?.answer({ items: [moved, { name: 'wine' }] });
  await more;
  expect(search.items).toEqual([{ name: 'rust' }, moved, { name: 'wine' }]);
});
