import { expect, test, WELCOME } from '../support/journey';

test('each sees who is here, who is typing, and messages at once', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await expect(mira.page.getByRole('button', { name: /2 here/ })).toBeVisible();
  await rahul.composer.pressSequentially('Is there');
  await expect(mira.page.getByText('Rahul is typing…').first()).toBeVisible();
  await rahul.says('Is there tea?');
  await mira.sees('Is there tea?');
  await expect(mira.page.getByText('Rahul is typing…')).toHaveCount(0);
  await mira.says('Always.');
  await rahul.sees('Always.');
  await rahul.context.close();
  await expect(mira.page.getByRole('button', { name: /1 here/ })).toBeVisible({ timeout: 20_000 });
});

test('three people talk at once, and each sees the same', async ({ person }) => {
  const [mira, rahul, tuli] = [await person('Mira'), await person('Rahul'), await person('Tuli')];
  for (const one of [mira, rahul, tuli]) await one.enters();
  await expect(mira.page.getByRole('button', { name: /3 here/ })).toBeVisible();
  await rahul.composer.pressSequentially('Lemon');
  await tuli.composer.pressSequentially('Milk');
  const typing = mira.page.getByText(/(Rahul and Tuli|Tuli and Rahul) are typing…/).first();
  await expect(typing).toBeVisible();
  await Promise.all([mira.says('Sugar'), rahul.says('Lemon'), tuli.says('Milk')]);
  const said = async () => (await mira.history()).map((message) => message.text);
  await expect.poll(async () => (await said()).length).toBe(3);
  for (const one of [mira, rahul, tuli]) {
    const seen = async () => {
      const texts = await one.log.locator('.message .body p').allTextContents();
      return texts.map((text) => text.trim()).filter((text) => !text.startsWith(WELCOME));
    };
    await expect.poll(seen).toEqual(await said());
  }
  await expect(mira.page.getByText(/typing…/)).toHaveCount(0);
});

test('a message can be changed and deleted, for everybody', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await mira.says('Tee at five');
  await rahul.sees('Tee at five');
  await mira.does('Edit', 'Tee at five');
  await expect(mira.composer).toHaveValue('Tee at five');
  await mira.says('Tea at five');
  await rahul.sees('Tea at five');
  await expect(rahul.message('Tea at five')).toContainText('edited');
  await mira.does('Delete', 'Tea at five');
  await mira.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await rahul.sees('This message was deleted.');
  await expect(rahul.log).not.toContainText('Tea at five');
  await mira.sees('This message was deleted.');
});

test('the arrow up changes the last message, and Escape gives the draft back', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('Tee?');
  await mira.sees('Tee?');
  // What the server does not have yet cannot be changed.
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toBeVisible();
  await mira.composer.press('ArrowUp');
  await expect(mira.composer).toHaveValue('Tee?');
  await mira.page.keyboard.press('Escape');
  await expect(mira.composer).toHaveValue('');
  await mira.composer.press('ArrowUp');
  await mira.says('Tea?');
  await mira.sees('Tea?');
});

test('links can be followed, and nothing else in a text is more than text', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('😀 see https://example.org/a?b=c and <b>this</b><img src=x onerror=alert(1)>');
  const message = mira.message('see');
  const link = message.getByRole('link');
  await expect(link).toHaveAttribute('href', 'https://example.org/a?b=c');
  await expect(link).toHaveText('https://example.org/a?b=c');
  await expect(link).toHaveAttribute('rel', /noopener/);
  await expect(message).toContainText('<b>this</b><img src=x onerror=alert(1)>');
  await expect(message.locator('img, b')).toHaveCount(0);
});

test('a link to a host that is drawn like another one says which one it is', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('see https://аррӏе.com/bill and https://bücher.de');
  const links = mira.message('see').getByRole('link');
  await expect(links).toHaveText(['https://xn--80ak6aa92e.com/bill', 'https://bücher.de']);
  if (mira.hasTouch) await mira.page.getByRole('link', { name: 'Back' }).click();
  const line = mira.rooms.locator('[data-room="general"]');
  await expect(line).toContainText('https://xn--80ak6aa92e.com/bill');
});

test('a lone emoji is large', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('☕️');
  await mira.says('a cup ☕️');
  const size = (text: string) =>
    mira
      .message(text)
      .locator('p')
      .first()
      .evaluate((p) => parseFloat(getComputedStyle(p).fontSize));
  await mira.sees('a cup ☕️');
  const both = mira.message('☕️').locator('.body p');
  await expect(both).toHaveCount(2);
  // Until the server has it, a message is drawn as another row.
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(2);
  const large = await both.first().evaluate((p) => parseFloat(getComputedStyle(p).fontSize));
  expect(large).toBeGreaterThan(1.5 * (await size('a cup')));
});

test('a draft stays with its room, and survives a reload', async ({ person }) => {
  const mira = await person('Mira');
  await mira.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await mira.enters();
  await mira.composer.fill('half a thou');
  await mira.enters('tea');
  await expect(mira.composer).toHaveValue('');
  await mira.enters('general');
  await expect(mira.composer).toHaveValue('half a thou');
  await mira.page.reload();
  await expect(mira.composer).toHaveValue('half a thou');
  await mira.says('half a thought');
  await mira.page.reload();
  await mira.sees('half a thought');
  await expect(mira.composer).toHaveValue('');
});

test('what came while one was away is counted, and stands under a divider', async ({
  person,
  isMobile,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.writes('Before');
  await mira.enters();
  await mira.page.goto('/settings');
  await expect(mira.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await rahul.writes('One', 'Two', 'Three');
  // On a desk the home leads on to the last room, and reads it.
  await mira.page.goto(isMobile ? '/' : '/directory');
  await expect(mira.rooms.getByText('3 unread messages')).toHaveCount(1);
  await expect(mira.page).toHaveTitle(/^\(1\)/);
  await mira.rooms
    .getByRole('link', { name: /General/i })
    .first()
    .click();
  await mira.isThere();
  const divider = mira.log.getByRole('separator', { name: 'New messages' });
  await expect(divider).toBeVisible();
  await expect(mira.page).not.toHaveTitle(/^\(/);
  await expect(divider).toBeVisible();
  await mira.page.reload();
  await mira.isThere();
  await expect(divider).toHaveCount(0);
});

test('two tabs of one person say the same', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  const other = await mira.tab();
  await other.enters();
  await mira.says('From the left');
  await other.sees('From the left');
  await other.says('From the right');
  await mira.sees('From the right');
  await mira.sees('From the left');
});

test('a room is made, found, joined and left', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.page.goto('/directory');
  await mira.page.getByRole('button', { name: 'New room' }).last().click();
  const dialog = mira.page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('Evening tea');
  await expect(dialog.getByLabel('Address')).toHaveValue('evening-tea');
  await dialog.getByRole('button', { name: 'Create room' }).click();
  await mira.isThere();
  await mira.page.getByRole('button', { name: /here/ }).click();
  await mira.page.getByRole('button', { name: 'Change the room' }).click();
  await expect(dialog.getByLabel('Title')).toBeFocused();
  await dialog.getByLabel('What is it about?').fill('From five on');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(mira.page.getByText('From five on').first()).toBeVisible();
  await mira.page.keyboard.press('Escape');
  await mira.says('Welcome');

  await rahul.page.goto('/directory');
  await rahul.page.getByRole('searchbox').fill('evening');
  const row = rahul.page.getByRole('listitem').filter({ hasText: 'Evening tea' }).last();
  await row.getByRole('button', { name: /Join/ }).click();
  await rahul.isThere();
  await rahul.sees('Welcome');
  await rahul.says('Here I am');
  await mira.sees('Here I am');

  await rahul.page.getByRole('button', { name: /here/ }).click();
  await rahul.page.getByRole('button', { name: 'Leave the room' }).click();
  await rahul.page.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(rahul.page.getByRole('link', { name: /Evening tea/ })).toHaveCount(0);
  await rahul.page.goto('/rooms/evening-tea');
  await expect(rahul.page.getByText('You are reading along.')).toBeVisible();
});
