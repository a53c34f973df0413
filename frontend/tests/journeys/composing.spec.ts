import { expect, type Person, test } from '../support/journey';

const options = ({ page }: Person) => page.getByRole('option');
const chosen = ({ page }: Person) => page.getByRole('option', { selected: true });

/** Types at the caret, as a keyboard does, whatever the script. */
async function types({ composer }: Person, text: string): Promise<void> {
  await composer.pressSequentially(text);
}

/** Waits for the keys that work everywhere, which are loaded once there is time. */
async function hasKeys({ page }: Person): Promise<void> {
  await expect(page.locator('dialog.wide')).toHaveCount(1);
}

test('a whole username is taken as it is, and not for somebody whose name begins so', async ({
  person,
}) => {
  const mira = await person('Mira');
  const samantha = await person('Samantha');
  await person('Sam');
  // She spoke here last; of the other one this page knows nothing yet.
  await samantha.writes('Anybody?');
  await mira.enters();
  await types(mira, 'Ask @sam');
  await mira.page.keyboard.press('Enter');
  await expect(mira.composer).toHaveValue('Ask @sam ');
  await types(mira, 'or @sam');
  await expect(options(mira)).toHaveText([/Sam @sam\s*$/, /Samantha @samantha\s*$/]);
  await mira.page.keyboard.press('ArrowDown');
  await expect(chosen(mira)).toContainText('@samantha');
  await mira.page.keyboard.press('Tab');
  await expect(mira.composer).toHaveValue('Ask @sam or @samantha ');
});

test('people are offered by any word of their name, with who is here, in the middle of a text', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('PATCH', '/users/me', { display_name: 'রাহুল দাস' });
  await rahul.enters();
  await mira.enters();
  await mira.composer.fill('(, are you there?)');
  await mira.composer.press('Home');
  await mira.composer.press('ArrowRight');
  await types(mira, '@দা');
  await expect(chosen(mira)).toContainText('রাহুল দাস @rahul');
  await expect(chosen(mira)).toContainText('Here now');
  await expect(chosen(mira).locator('.avatar.online')).toBeVisible();
  await mira.page.keyboard.press('Tab');
  await expect(mira.composer).toHaveValue('(@rahul , are you there?)');
});

test('a list that was closed stays closed for its word, and none opens in code or an address', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes('Here.');
  await mira.enters();
  await types(mira, '@ra');
  await expect(options(mira)).not.toHaveCount(0);
  await mira.page.keyboard.press('Escape');
  await expect(options(mira)).toHaveCount(0);
  await types(mira, 'h');
  await expect(mira.composer).toHaveValue('@rah');
  await expect(options(mira)).toHaveCount(0);
  for (const text of ['name@ra', '`@ra', '```\n@ra', 'https://a.example/@ra']) {
    await mira.composer.fill(text);
    await expect(options(mira)).toHaveCount(0);
  }
  await mira.composer.fill('cc:@ra');
  await expect(options(mira)).not.toHaveCount(0);
});

test('everybody in a public room is offered, and in a conversation only the other person', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await types(mira, '@every');
  await expect(chosen(mira)).toHaveText('@room Everybody in this room');
  await mira.page.keyboard.press('Enter');
  await expect(mira.composer).toHaveValue('@room ');
  const { id } = await rahul.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  await mira.page.goto(`/rooms/${name}`);
  await types(mira, '@');
  await expect(options(mira)).toHaveCount(1);
  await expect(chosen(mira)).toContainText('@rahul');
});

test('where a room is too large for the person to call everybody, that is not offered', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const name = 'tea-lovers';
  await rahul.asks('POST', '/rooms', { name, title: 'Tea lovers' });
  await mira.asks('PUT', `/rooms/${name}/membership`);
  for (const one of [mira, rahul]) {
    await one.page.route(`**/api/v1/rooms/${name}`, async (route) => {
      const response = await route.fetch();
      const room = (await response.json()) as object;
      await route.fulfill({ response, json: { ...room, member_count: 101 } });
    });
    await one.enters(name);
    await types(one, '@');
    await expect(options(one)).not.toHaveCount(0);
  }
  const everybody = (one: Person) => options(one).filter({ hasText: 'Everybody' });
  // Who made the room may.
  await expect(everybody(rahul)).toHaveCount(1);
  await expect(everybody(mira)).toHaveCount(0);
});

test('what is selected is marked by a key, unmarked by it, and that is undone', async ({
  person,
  isMobile,
}) => {
  test.skip(isMobile, 'There is no such key on a phone.');
  const mira = await person('Mira');
  await mira.enters();
  await types(mira, 'The new kettle');
  // Loaded once there is time for it.
  await types(mira, ' @');
  await expect(options(mira)).not.toHaveCount(0);
  await mira.composer.fill('The new kettle');
  await mira.composer.press('Shift+Home');
  await mira.composer.press('Control+b');
  await expect(mira.composer).toHaveValue('*The new kettle*');
  await mira.composer.press('Control+i');
  await expect(mira.composer).toHaveValue('*_The new kettle_*');
  await mira.composer.press('Control+b');
  await expect(mira.composer).toHaveValue('_The new kettle_');
  await mira.composer.press('Control+z');
  await expect(mira.composer).toHaveValue('*_The new kettle_*');
  await mira.composer.press('Control+z');
  await mira.composer.press('Control+z');
  await expect(mira.composer).toHaveValue('The new kettle');
  await mira.composer.press('End');
  await mira.composer.press('Control+b');
  await mira.composer.press('Enter');
  await expect(mira.message('The new kettle').locator('strong')).toHaveText('kettle');
});

test('an emoji is taken by its name, in English and Bengali, and faces stay as they are', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await types(mira, 'A cup of :tea');
  await expect(chosen(mira)).toHaveText('🍵 teacup without handle :tea:');
  await mira.page.keyboard.press('Enter');
  await expect(mira.composer).toHaveValue('A cup of 🍵');
  await types(mira, ' :চা');
  await expect(options(mira)).not.toHaveCount(0);
  await mira.page.keyboard.press('Tab');
  await expect(mira.composer).toHaveValue(/^A cup of 🍵 \p{Extended_Pictographic}️?$/u);
  await mira.composer.fill('');
  await types(mira, 'Hooray :tada:');
  await expect(mira.composer).toHaveValue('Hooray 🎉');
  for (const text of [':)', 'at 10:30', 'http://te', 'note:tea', '`:tea']) {
    await mira.composer.fill(text);
    await expect(options(mira)).toHaveCount(0);
  }
});

test('where a finger writes, Enter breaks the line and the button sends', async ({
  person,
  isMobile,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await types(mira, 'One');
  if (isMobile) {
    await expect(mira.composer).toHaveAttribute('enterkeyhint', 'enter');
    await mira.composer.press('Enter');
    await expect(mira.composer).toHaveValue('One\n');
    const size = await mira.composer.evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
    expect(size).toBeGreaterThanOrEqual(16);
    await types(mira, 'Two');
    await mira.page.getByRole('button', { name: 'Send', exact: true }).click();
    await mira.sees('Two');
  } else {
    await expect(mira.composer).toHaveAttribute('enterkeyhint', 'send');
    await mira.composer.press('Shift+Enter');
    await types(mira, 'Two');
    await mira.composer.press('Enter');
    await mira.sees('Two');
  }
  await types(mira, 'Three');
  await mira.composer.press('Control+Enter');
  await mira.sees('Three');
});

test('by keyboard one goes from room to room, and to those with something unread', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  for (const name of ['one', 'two', 'three']) {
    await rahul.asks('POST', '/rooms', { name, title: name.toUpperCase() });
    await mira.asks('PUT', `/rooms/${name}/membership`);
    const body = { client_id: crypto.randomUUID(), text: `In ${name}` };
    await rahul.asks('POST', `/rooms/${name}/messages`, body);
  }
  // By their latest word: three, two, one, general.
  const heading = (name: string) => mira.page.getByRole('heading', { name, level: 1 });
  const hasRead = (name: string) =>
    expect(mira.rooms.getByRole('link', { name: new RegExp(`^${name}`) })).not.toContainText(
      'unread',
    );
  await mira.page.bringToFront();
  await mira.enters('three');
  await hasKeys(mira);
  await mira.composer.fill('half a thought');
  await mira.composer.press('Alt+ArrowDown');
  await expect(heading('TWO')).toBeVisible();
  await expect(mira.composer).toBeFocused();
  await hasRead('TWO');
  await mira.page.keyboard.press('Alt+ArrowUp');
  await expect(heading('THREE')).toBeVisible();
  await expect(mira.composer).toHaveValue('half a thought');
  await hasRead('THREE');
  await mira.page.keyboard.press('Alt+Shift+ArrowDown');
  await expect(heading('ONE')).toBeVisible();
});

test('by keyboard, what is typed anywhere goes where one writes', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await hasKeys(mira);
  const { page, composer } = mira;
  await mira.log.focus();
  await page.keyboard.type('hello');
  await expect(composer).toHaveValue('hello');
  await expect(composer).toBeFocused();
  // Not from a field of its own, nor with something open above.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('tea');
  await expect(page.getByRole('combobox')).toHaveValue('tea');
  await page.keyboard.press('Escape');
  await expect(composer).toHaveValue('hello');
  await mira.log.focus();
  await page.keyboard.press('Escape');
  await expect(composer).toBeFocused();
});

test('by keyboard, the messages are scrolled from where one writes', async ({ person }) => {
  const mira = await person('Mira');
  await mira.writes(...Array.from({ length: 60 }, (_, at) => `Number ${at}`));
  await mira.enters();
  const top = () => mira.log.evaluate((it) => it.scrollTop);
  const end = await top();
  await mira.composer.press('PageUp');
  await expect.poll(top).toBeLessThan(end - 200);
  await expect(mira.composer).toBeFocused();
  const middle = await top();
  await mira.composer.press('PageDown');
  await expect.poll(top).toBeGreaterThan(middle + 200);
  await mira.composer.press('PageUp');
  await expect.poll(top).toBeLessThan(end - 200);
  await mira.composer.press('Escape');
  await expect.poll(top).toBeGreaterThanOrEqual(end - 1);
});

test('by keyboard, a sheet tells all keys', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await hasKeys(mira);
  const { page } = mira;
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await mira.composer.press('?');
  await expect(mira.composer).toHaveValue('?');
  await expect(sheet).toBeHidden();
  await mira.composer.press('Control+/');
  await expect(sheet.getByRole('region', { name: 'While you write' })).toContainText('Page Up');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(mira.composer).toBeFocused();
  await mira.log.focus();
  await page.keyboard.press('?');
  await expect(sheet).toBeVisible();
  await expect(mira.composer).toHaveValue('?');
  await page.keyboard.press('?');
  await expect(sheet).toBeHidden();
  await page.getByRole('button', { name: /Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(sheet).toBeVisible();
});

test('of what is pasted the field takes no more than it can show at once, and that is said', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await mira.enters();
  const { page } = mira;
  const pastes = async (text: string) => {
    await page.evaluate((words) => navigator.clipboard.writeText(words), text);
    await mira.composer.press('ControlOrMeta+v');
  };
  const cut = page.getByText('only its beginning was pasted');
  // The field is whole once the names of people are completed in it.
  await mira.composer.fill('@');
  await expect(page.getByRole('option').first()).toBeVisible();
  await mira.composer.fill('');
  await pastes('tea\n'.repeat(2_500));
  await expect(mira.composer).toHaveValue(/^(?:tea\n){2500}$/);
  await expect(cut).toBeHidden();
  await pastes('tea\n'.repeat(30_000));
  await expect(cut).toBeVisible();
  expect((await mira.composer.inputValue()).length).toBe(16_000);
});
