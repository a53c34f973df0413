import { expect, test } from 'vitest';

import type { Api } from '../../api/client';
import { Search } from './search.svelte';

interface Page {
  items: { name: string }[];
  next_cursor?: string;
}

/** An API whose answers come when the test wants. */
function slowApi() {
  const asked: { query: { q: string; cursor?: string }; answer: (page: Page | null) => void }[] =
    [];
  const call = (_method: string, _path: string, { query }: { query: { q: string } }) =>
    new Promise<Page>((resolve, reject) => {
      asked.push({
        query,
        answer: (page) => (page ? resolve(page) : reject(new Error('gone'))),
      });
    });
  return { asked, api: { call } as unknown as Api };
}

const names = (search: Search) => search.rooms?.map((room) => room.name);

test('of two searches the later one is shown, whichever answers last', async () => {
  const { asked, api } = slowApi();
  const search = new Search(api);
  const first = search.start('t');
  const second = search.start('tea');
  asked[1]?.answer({ items: [{ name: 'tea' }] });
  await second;
  asked[0]?.answer({ items: [{ name: 'tents' }] });
  await first;
  expect(names(search)).toEqual(['tea']);
  expect(search.shown).toBe('tea');
});

test('a next page goes below the first and is asked for once', async () => {
  const { asked, api } = slowApi();
  const search = new Search(api);
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
  const { asked, api } = slowApi();
  const search = new Search(api);
  const start = search.start('');
  asked[0]?.answer({ items: [{ name: 'a' }] });
  await start;
  const failing = search.start('b');
  asked[1]?.answer(null);
  await failing;
  expect(search.hasFailed).toBe(true);
  expect(names(search)).toEqual(['a']);
});
