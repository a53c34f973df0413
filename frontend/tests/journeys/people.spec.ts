import { expect, type Person, test } from '../support/journey';

/** The directory of people, once its lists stand there. */
async function looksAround(person: Person): Promise<void> {
  await person.page.goto('/people');
  await expect(person.page.getByRole('region', { name: 'Everybody' })).toBeVisible();
}

const row = (person: Person, part: string, name: string) =>
  person.page.getByRole('region', { name: part }).getByRole('listitem').filter({ hasText: name });

test('the directory shows who comes online, and when they were last seen', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await looksAround(mira);
  await expect(mira.page.getByText('Nobody else is online just now.')).toBeVisible();
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('Away');
  await expect(row(mira, 'Everybody', 'Mira')).toContainText('You');
  await rahul.enters();
  await expect(row(mira, 'Online now', 'Rahul')).toContainText('Here now');
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('Here now');
  await rahul.context.close();
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('Last seen', { timeout: 20_000 });
  await expect(row(mira, 'Online now', 'Rahul')).toHaveCount(0);
});

test('people are found as one types, and written to with Enter', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await person('Tuli');
  await rahul.page.goto('/directory');
  await expect(rahul.rooms.getByText('You have written to nobody in private yet.')).toBeAttached();
  await looksAround(mira);
  const search = mira.page.getByRole('searchbox');
  await search.fill('nobody at all');
  await expect(mira.page.getByText(/Nobody is called/)).toBeVisible();
  await mira.page.getByRole('button', { name: 'Show everybody' }).click();
  await expect(row(mira, 'Everybody', 'Tuli')).toBeVisible();
  await search.fill('rah');
  await expect(row(mira, 'Everybody', 'Tuli')).toHaveCount(0);
  await search.press('ArrowDown');
  await expect(row(mira, 'Online now', 'Rahul').getByRole('button')).toBeFocused();
  await mira.page.keyboard.press('ArrowUp');
  await expect(search).toBeFocused();
  await mira.page.keyboard.press('Enter');
  await expect(mira.page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();

  // He is not bothered before there is something to read.
  await mira.says('Tea at five?');
  await mira.sees('Tea at five?');
  if (await rahul.page.getByRole('button', { name: 'Back' }).isVisible()) {
    await rahul.page.goto('/');
  }
  const conversation = rahul.rooms
    .getByRole('region', { name: 'Conversations' })
    .getByRole('link', { name: /Tea at five\?/ });
  await expect(conversation).toContainText('1 unread message');
  await conversation.click();
  await rahul.sees('Tea at five?');
});

test('who is alone is told how to have company', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/people');
  await expect(mira.page.getByRole('button', { name: 'Copy the address' })).toBeVisible();
});
