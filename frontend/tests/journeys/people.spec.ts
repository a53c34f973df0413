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
  await expect(mira.page.getByText('Nobody else is here just now.')).toBeVisible();
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('@rahul');
  await expect(row(mira, 'Everybody', 'Mira')).toContainText('You');
  await rahul.enters();
  await expect(row(mira, 'Here now', 'Rahul')).toBeVisible();
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('Here now');
  await rahul.context.close();
  await expect(row(mira, 'Everybody', 'Rahul')).toContainText('Last seen', { timeout: 20_000 });
  await expect(row(mira, 'Here now', 'Rahul')).toHaveCount(0);
});

test('people are found as one types, and written to with Enter', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await person('Tuli');
  await rahul.page.goto('/');
  await expect(rahul.rooms.getByText('You have written to nobody in private yet.')).toBeVisible();
  await looksAround(mira);
  const search = mira.page.getByRole('searchbox');
  await search.fill('nobody at all');
  await expect(mira.page.getByText(/Nobody is called/)).toBeVisible();
  await mira.page.getByRole('button', { name: 'Show everybody' }).click();
  await expect(row(mira, 'Everybody', 'Tuli')).toBeVisible();
  await search.fill('rah');
  await expect(row(mira, 'Everybody', 'Tuli')).toHaveCount(0);
  await search.press('ArrowDown');
  await expect(row(mira, 'Here now', 'Rahul').locator('.row')).toBeFocused();
  await mira.page.keyboard.press('ArrowUp');
  await expect(search).toBeFocused();
  await mira.page.keyboard.press('Enter');
  await expect(mira.page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();

  // He is not bothered before there is something to read.
  await mira.says('Tea at five?');
  await mira.sees('Tea at five?');
  const conversation = rahul.rooms.getByRole('link', { name: /Tea at five\?/ });
  await expect(conversation).toContainText('1 unread message');
  await conversation.click();
  await rahul.sees('Tea at five?');
});

test('the details of a conversation are about the one other person', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const me = await rahul.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${me.id}/private-room`);
  await rahul.page.goto('/directory');
  await mira.enters(name);
  await mira.page.getByRole('button', { name: /^Here now/ }).click();
  const dialog = mira.page.getByRole('dialog', { name: 'About Rahul' });
  await expect(dialog).toContainText('@rahul');
  await expect(dialog).toContainText('Here now');
  await expect(dialog.getByRole('listitem')).toHaveText([/General/]);
  await expect(dialog.getByRole('button')).toHaveCount(1);
  // Between two everything is a mention.
  await expect(dialog.getByRole('radio')).toHaveCount(2);
  await rahul.context.close();
  await expect(dialog).toContainText('Last seen', { timeout: 20_000 });
});

test('the switcher leads anywhere by a few letters', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'চায়ের ঘর' });
  await mira.asks('PUT', '/rooms/tea/membership');
  await rahul.asks('POST', '/rooms', { name: 'rahs', title: 'Rahs and more' });
  await mira.enters();
  const { page } = mira;
  const open = async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
  };
  const option = (name: RegExp) => page.getByRole('option', { name });

  // From the composer, in Bengali.
  await mira.composer.fill('half a thought');
  await open();
  await expect(option(/General/)).toBeVisible();
  await page.keyboard.insertText('ঘর');
  await expect(page.getByRole('option', { selected: true })).toHaveText(/চায়ের ঘর/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'চায়ের ঘর', level: 1 })).toBeVisible();
  await expect(page.getByRole('combobox')).toHaveCount(0);

  // People and public rooms come after one's own; Enter writes to the first.
  await open();
  await page.keyboard.type('rah');
  await expect(page.getByRole('group', { name: 'Public rooms' })).toContainText('Rahs and more');
  await expect(option(/@rahul/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(option(/Rahs and more/)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();
  await mira.says('There you are');
  await mira.sees('There you are');

  // The conversation is one's own now, and he is listed once.
  await open();
  await page.keyboard.type('rahul');
  await expect(option(/rahul/i)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toHaveCount(0);
});

test('the switcher is opened from the list, and closed, with a finger', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/');
  await mira.rooms.getByRole('button', { name: 'Find a conversation' }).click();
  const dialog = mira.page.getByRole('dialog', { name: 'Go to' });
  await dialog.getByRole('combobox').fill('zz');
  await expect(dialog).toContainText('Nobody and no room is called “zz”.');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  await mira.rooms.getByRole('button', { name: 'Find a conversation' }).click();
  await dialog.getByRole('option', { name: /General/ }).click();
  await mira.isThere();
});

test('the icon of the tab says that something is unread', async ({ person, isMobile }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.page.goto('/people');
  const icon = mira.page.locator('link[rel="icon"]');
  await expect(icon).toHaveAttribute('href', '/favicon.svg');
  await rahul.writes('Anybody there?');
  await expect(icon).toHaveAttribute('href', '/icon-unread.svg');
  const response = await mira.page.request.get('/icon-unread.svg');
  expect(response.headers()['content-type']).toContain('image/svg+xml');
  if (isMobile) await mira.page.goto('/');
  await mira.rooms.getByRole('link', { name: /General/ }).click();
  await mira.isThere();
  await expect(icon).toHaveAttribute('href', '/favicon.svg');
});

test('who is alone is told how to have company', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/people');
  await expect(mira.page.getByRole('button', { name: 'Copy the address' })).toBeVisible();
});
