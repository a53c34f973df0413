import { expect, test, vi } from 'vitest';

import { Pager } from './pager.svelte';

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
  return { asked, pager: new Pager(ask) };
}

const names = (pager: Pager<{ name: string }>) => pager.items?.map(({ name }) => name);

test('of two searches the later one is shown, whichever answers last', async () => {
  const { asked, pager } = slowly();
  const first = pager.start('t');
  const second = pager.start('tea');
  asked[1]?.answer({ items: [{ name: 'tea' }] });
  await second;
  asked[0]?.answer({ items: [{ name: 'tents' }] });
  await first;
  expect(names(pager)).toEqual(['tea']);
  expect(pager.shown).toBe('tea');
});

test('the same pager is begun once, and whoever wants it has what it found', async () => {
  const { asked, pager } = slowly();
  const first = pager.start('tea');
  const second = pager.start('tea');
  expect(asked).toHaveLength(1);
  asked[0]?.answer({ items: [{ name: 'tea' }] });
  await second;
  expect(names(pager)).toEqual(['tea']);
  await first;
  void pager.start('tea');
  expect(asked).toHaveLength(2);
});

test('a next page goes below the first and is asked for once', async () => {
  const { asked, pager } = slowly();
  const start = pager.start('');
  asked[0]?.answer({ items: [{ name: 'a' }], next_cursor: 'after-a' });
  await start;
  const more = pager.more();
  void pager.more();
  expect(asked).toHaveLength(2);
  expect(asked[1]?.query.cursor).toBe('after-a');
  asked[1]?.answer({ items: [{ name: 'b' }] });
  await more;
  expect(names(pager)).toEqual(['a', 'b']);
  expect(pager.hasMore).toBe(false);
});

test('a failure keeps what is shown and says so', async () => {
  const { asked, pager } = slowly();
  const start = pager.start('');
  asked[0]?.answer({ items: [{ name: 'a' }] });
  await start;
  const failing = pager.start('b');
  asked[1]?.answer(null);
  await failing;
  expect(pager.hasFailed).toBe(true);
  expect(names(pager)).toEqual(['a']);
});

test('a pager begins when the person pauses, and at once where nothing is typed', () => {
  vi.useFakeTimers();
  const { asked, pager } = slowly();
  pager.soon('t')();
  pager.soon('tea');
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(asked.map(({ query }) => query.q)).toEqual(['tea']);
  pager.soon('');
  vi.advanceTimersByTime(1);
  expect(asked.map(({ query }) => query.q)).toEqual(['tea', '']);
  vi.useRealTimers();
});

test('what moved between two pages stands once, as it is now', async () => {
  const { asked, pager } = slowly();
  const first = pager.start('');
  asked[0]?.answer({ items: [{ name: 'rust' }, { name: 'tea' }], next_cursor: 'on' });
  await first;
  const more = pager.more();
  const moved = { name: 'tea', title: 'All kinds of tea' };
  asked[1]?.answer({ items: [moved, { name: 'wine' }] });
  await more;
  expect(pager.items).toEqual([{ name: 'rust' }, moved, { name: 'wine' }]);
});
