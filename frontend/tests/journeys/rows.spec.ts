import type { Message } from '../../src/api/types';
import { expect, type Person, test } from '../support/journey';

const DAY = 24 * 60 * 60_000;

/** Shows the history of a room as it would be had the server said something else of its messages. */
async function retold(person: Person, tell: (message: Message) => object): Promise<void> {
  await person.page.route(/\/messages(\?|$)/, async (route) => {
    const response = await route.fetch();
    const page = (await response.json()) as { items: Message[] };
    const items = page.items.map((message) => ({ ...message, ...tell(message) }));
    await route.fulfill({ response, json: { ...page, items } });
  });
}

test('a server whose clock was a day ahead for one message leaves every message to be seen', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes('Today.', 'As if tomorrow.', 'Today again.');
  await retold(mira, ({ text, created_at }) =>
    text === 'As if tomorrow.'
      ? { created_at: new Date(Date.parse(created_at) + DAY).toISOString() }
      : {},
  );
  for (const attempt of ['the first time', 'after a reload']) {
    await test.step(attempt, async () => {
      await mira.enters();
      await mira.sees('Today.', 'As if tomorrow.', 'Today again.');
      await expect(mira.log.getByRole('heading', { name: 'Today' })).toHaveCount(2);
    });
  }
  await mira.says('And on it goes.');
  await mira.sees('And on it goes.');
});

test('one message that cannot be drawn leaves the others', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  mira.expects(/not iterable|null/);
  await rahul.writes('Before.', 'Broken.', 'After.');
  await retold(mira, ({ text }) => (text === 'Broken.' ? { links: null } : {}));
  await mira.enters();
  await mira.sees('Before.', 'After.');
  await expect(mira.log.getByText('This cannot be shown here.')).toBeVisible();
  // Once it is something else it is drawn again.
  const broken = (await mira.whole()).find(({ text }) => text === 'Broken.');
  await rahul.asks('PATCH', `/rooms/general/messages/${broken?.id}`, { text: 'Mended.' });
  await mira.sees('Before.', 'Mended.', 'After.');
});
