// The list at the side: people and rooms together, what it says of each, and the ways through it.
import type { Locator } from '@playwright/test';

import { expect, type Person, test } from '../support/journey';

async function room(one: Person, name: string, title: string): Promise<void> {
  await one.asks('POST', '/rooms', { name, title });
}

async function writesTo(one: Person, name: string, text: string): Promise<void> {
  const body = { client_id: crypto.randomUUID(), text };
  await one.asks('POST', `/rooms/${name}/messages`, body);
}

/** A private conversation that `one` begins. */
async function conversation(one: Person, other: Person): Promise<string> {
  const { id } = await other.asks<{ id: number }>('GET', '/users/me');
  return (await one.asks<{ name: string }>('PUT', `/users/${id}/private-room`)).name;
}

const isPhone = (one: Person) => (one.page.viewportSize()?.width ?? 0) < 700;

/** Where the list is seen: on a phone it is the first view. */
async function looksAtList(one: Person): Promise<void> {
  await one.page.goto(isPhone(one) ? '/' : '/people');
  await expect(rows(one)).not.toHaveCount(0);
}

const rows = (one: Person): Locator => one.rooms.getByRole('listitem');
const row = (one: Person, title: string): Locator =>
  rows(one).filter({ has: one.page.locator('.title').filter({ hasText: title }) });
const filter = (one: Person, name: RegExp): Locator => one.rooms.getByRole('radio', { name });

async function expectOrder(one: Person, ...titles: string[]): Promise<void> {
  await expect(one.rooms.locator('li .title')).toHaveText(titles);
}

async function chooses(one: Person, name: RegExp): Promise<void> {
  await filter(one, name).locator('..').click();
  await expect(filter(one, name)).toBeChecked();
}

test('people and rooms stand together, those with the latest word first', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await room(mira, 'tea', 'Tea');
  await room(mira, 'cricket', 'Cricket');
  await writesTo(mira, 'tea', 'Milk?');
  await writesTo(rahul, await conversation(rahul, mira), 'Are you there?');
  await writesTo(mira, 'cricket', 'Out!');
  await looksAtList(mira);
  await expectOrder(mira, 'Cricket', 'Rahul', 'Tea', 'General');
  await writesTo(mira, 'tea', 'Sugar?');
  await expectOrder(mira, 'Tea', 'Cricket', 'Rahul', 'General');
});

test('filters show people, rooms or what is unread, and this browser remembers', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await room(mira, 'tea', 'Tea');
  await room(mira, 'cricket', 'Cricket');
  await rahul.asks('PUT', '/rooms/tea/membership');
  await looksAtList(mira);
  await chooses(mira, /^People/);
  await expect(mira.rooms.getByRole('link', { name: 'Find people' })).toBeVisible();
  await chooses(mira, /^Unread/);
  await expect(mira.rooms.getByText('All read.')).toBeVisible();
  await writesTo(rahul, 'tea', 'Milk?');
  await expect(filter(mira, /^Unread \(1 with something unread\)/)).toBeVisible();
  await writesTo(rahul, await conversation(rahul, mira), 'Are you there?');
  await expectOrder(mira, 'Rahul', 'Tea');
  await chooses(mira, /^People/);
  await expectOrder(mira, 'Rahul');
  await chooses(mira, /^Rooms/);
  await expectOrder(mira, 'Tea', 'General', 'Cricket');
  await mira.page.reload();
  await expect(filter(mira, /^Rooms/)).toBeChecked();
  await expectOrder(mira, 'Tea', 'General', 'Cricket');
  await chooses(mira, /^Unread/);
  await row(mira, 'Rahul').getByRole('link').click();
  await mira.sees('Are you there?');
  if (isPhone(mira)) return;
  // What one reads stays where it is until one goes on.
  await expect(row(mira, 'Rahul').locator('.count')).toHaveCount(0);
  await expectOrder(mira, 'Rahul', 'Tea');
  await row(mira, 'Tea').getByRole('link').click();
  await expectOrder(mira, 'Tea');
});

test('filters and rows are gone through by keyboard, with one stop each', async ({ person }) => {
  const mira = await person('Mira');
  await room(mira, 'tea', 'Tea');
  await room(mira, 'cricket', 'Cricket');
  await looksAtList(mira);
  const { keyboard } = mira.page;
  await filter(mira, /^All/).focus();
  await keyboard.press('ArrowRight');
  await expect(filter(mira, /^Unread/)).toBeChecked();
  await keyboard.press('ArrowLeft');
  await keyboard.press('Tab');
  const link = (title: string) => row(mira, title).getByRole('link');
  await expect(link('General')).toBeFocused();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await expect(link('Tea')).toBeFocused();
  await keyboard.press('ArrowRight');
  const button = mira.rooms.getByRole('button', { name: 'What to do with Tea' });
  await expect(button).toBeFocused();
  await keyboard.press('Enter');
  await expect(mira.page.getByRole('menuitem').first()).toBeFocused();
  await keyboard.press('Escape');
  await expect(button).toBeFocused();
  await keyboard.press('ArrowLeft');
  await expect(link('Tea')).toBeFocused();
  await keyboard.press('Home');
  await expect(link('General')).toBeFocused();
  await keyboard.press('Shift+F10');
  await expect(mira.page.getByRole('menu', { name: 'What to do with General' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(link('General')).toBeFocused();
});

test('a draft stands in the list until it is sent', async ({ person }) => {
  const mira = await person('Mira');
  await room(mira, 'tea', 'Tea');
  await mira.enters('tea');
  await mira.composer.fill('Half a thought');
  await looksAtList(mira);
  await expect(row(mira, 'Tea')).toContainText('Draft: Half a thought');
  await mira.page.reload();
  await expect(row(mira, 'Tea')).toContainText('Draft: Half a thought');
  await row(mira, 'Tea').getByRole('link').click();
  await expect(mira.composer).toHaveValue('Half a thought');
  await mira.composer.press(isPhone(mira) ? 'Control+Enter' : 'Enter');
  await mira.sees('Half a thought');
  await looksAtList(mira);
  await expect(row(mira, 'Tea')).toContainText('You: Half a thought');
});

test('who is typing in a room that is not open is said in the list', async ({ person }) => {
  const mira = await person('Mira');
  const rahul = await person('Rahul');
  await room(mira, 'tea', 'Tea');
  await rahul.asks('PUT', '/rooms/tea/membership');
  await looksAtList(mira);
  await rahul.enters('tea');
  await rahul.says('Shall I put the kettle on?');
  await expect(row(mira, 'Tea')).toContainText('Rahul: Shall I put the kettle on?');
  // The server passes on one notice a second.
  await expect(async () => {
    await rahul.composer.pressSequentially('And');
    await expect(row(mira, 'Tea')).toContainText('Rahul is typing…', { timeout: 500 });
  }).toPass();
  await expect(row(mira, 'Tea')).toContainText('Rahul: Shall I put the kettle on?');
});

test('what waits for the connection shows a clock in the list', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket/);
  await mira.enters();
  await mira.context.setOffline(true);
  await mira.says('Later, then');
  if (isPhone(mira)) await mira.page.getByRole('link', { name: 'Back' }).click();
  const preview = row(mira, 'General').locator('.preview');
  await expect(preview).toHaveText('You: Later, then');
  await expect(preview).toHaveClass(/waiting/);
  await mira.context.setOffline(false);
  await expect(preview).not.toHaveClass(/waiting/);
  await expect(preview).toHaveText('You: Later, then');
});

test('what waits moves its room up, and stays there when it is sent', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  mira.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket/);
  await room(mira, 'tea', 'Tea');
  await rahul.asks('PUT', '/rooms/tea/membership');
  await writesTo(rahul, 'tea', 'Milk?');
  await mira.enters();
  if (!isPhone(mira)) await expectOrder(mira, 'Tea', 'General');
  await mira.context.setOffline(true);
  await mira.says('Later, then');
  if (isPhone(mira)) await mira.page.getByRole('link', { name: 'Back' }).click();
  await expectOrder(mira, 'General', 'Tea');
  await mira.context.setOffline(false);
  await expect(row(mira, 'General').locator('.preview')).not.toHaveClass(/waiting/);
  await expectOrder(mira, 'General', 'Tea');
});

test('a room that is unmuted is heard as before it was muted', async ({ person }) => {
  const mira = await person('Mira');
  await room(mira, 'tea', 'Tea');
  const level = async () => {
    const { items } = await mira.asks<{
      items: { name: string; preferences: { notifications: string } }[];
    }>('GET', '/rooms');
    return items.find(({ name }) => name === 'tea')?.preferences.notifications;
  };
  await mira.asks('PATCH', '/rooms/tea/preferences', { notifications: 'all' });
  await looksAtList(mira);
  await does(mira, 'Tea', 'Mute');
  await expect.poll(level).toBe('nothing');
  await mira.page.reload();
  await does(mira, 'Tea', 'Unmute');
  await expect.poll(level).toBe('all');
});

test('previews name people by their first names and titles keep their side', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('PATCH', '/users/me', { display_name: 'Rahul Dev Roy' });
  await rahul.writes('Tea at five?');
  await rahul.asks('POST', '/rooms', { name: 'evening', title: 'שיחת ערב '.repeat(8).trim() });
  await mira.asks('PUT', '/rooms/evening/membership');
  await looksAtList(mira);
  await expect(row(mira, 'General').locator('.preview')).toHaveText('Rahul: Tea at five?');
  // Beside its face, and not over the time.
  const title = row(mira, 'שיחת').locator('.title');
  const face = row(mira, 'שיחת').locator('.tile');
  const [head, tile] = [await title.boundingBox(), await face.boundingBox()];
  expect((head?.x ?? 0) - (tile?.x ?? 0) - (tile?.width ?? 0)).toBeLessThan(20);
  const heights = await rows(mira).evaluateAll((all) => all.map((one) => one.clientHeight));
  expect(new Set(heights).size).toBe(1);
});

test('what is new is reached from one menu', async ({ person }) => {
  const mira = await person('Mira');
  await looksAtList(mira);
  const add = mira.rooms.getByRole('button', { name: 'Somebody or something new' });
  const item = (name: string) => mira.page.getByRole('menuitem', { name });
  // One more press closes it again, and one after that opens it.
  await add.click();
  await expect(item('Find people')).toBeVisible();
  await add.click();
  await expect(mira.page.getByRole('menu')).toHaveCount(0);
  await expect(add).toHaveAttribute('aria-expanded', 'false');
  await add.click();
  await item('Find people').click();
  await expect(mira.page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  await looksAtList(mira);
  await add.click();
  await item('Browse rooms').click();
  await expect(mira.page.getByRole('heading', { name: 'Rooms', level: 1 })).toBeVisible();
  await looksAtList(mira);
  await add.click();
  await item('New room').click();
  await mira.page.getByRole('dialog').getByLabel('Title').fill('Evening tea');
  await mira.page.getByRole('button', { name: 'Create room' }).click();
  await expect(mira.page.getByRole('heading', { name: 'Evening tea', level: 1 })).toBeVisible();
});

test('the list is made wider and narrower, by keyboard and by hand, and stays so', async ({
  person,
}) => {
  test.skip(test.info().project.name !== 'desktop', 'On a phone the list has the whole width.');
  const mira = await person('Mira');
  await mira.enters();
  const edge = mira.page.getByRole('separator', { name: 'Width of the list' });
  const width = async () => (await mira.rooms.boundingBox())?.width;
  await expect(edge).toHaveAttribute('aria-valuenow', '320');
  expect(await width()).toBe(320);
  await edge.focus();
  await mira.page.keyboard.press('ArrowRight');
  expect(await width()).toBe(330);
  await mira.page.keyboard.press('End');
  expect(await width()).toBe(420);
  await mira.page.keyboard.press('Home');
  expect(await width()).toBe(260);
  // Beside a row: its link, which comes below the pointer, is not what is dragged.
  const { y, height } = (await row(mira, 'General').boundingBox()) ?? { y: 0, height: 0 };
  await mira.page.mouse.move(260, y + height / 2);
  await mira.page.mouse.down();
  await mira.page.mouse.move(380, y + height / 2 + 10, { steps: 4 });
  await mira.page.mouse.up();
  expect(await width()).toBe(380);
  await mira.page.reload();
  await mira.isThere();
  await expect.poll(width).toBe(380);
  await mira.page.mouse.dblclick(380, 300);
  await expect.poll(width).toBe(320);
});

/** So many rooms that the list is longer than any window. */
async function manyRooms(one: Person): Promise<void> {
  for (let at = 1; at <= 24; at += 1) await room(one, `room-${at}`, `Room ${at}`);
}

test('back leaves the room, and finds the list where it was left', async ({ person }) => {
  test.skip(test.info().project.name !== 'phone', 'Beside an open room the list stays.');
  const mira = await person('Mira');
  await manyRooms(mira);
  await looksAtList(mira);
  const list = mira.rooms.locator('.rooms');
  const length = () => mira.page.evaluate(() => history.length);
  const far = row(mira, 'Room 24').getByRole('link');
  await far.scrollIntoViewIfNeeded();
  const top = await list.evaluate((element) => element.scrollTop);
  expect(top).toBeGreaterThan(300);
  const before = await length();
  for (const way of ['the app’s button', 'the system’s']) {
    await test.step(way, async () => {
      await far.click();
      await mira.isThere();
      if (way === 'the system’s') await mira.page.goBack();
      else await mira.page.getByRole('link', { name: 'Back' }).click();
      await expect(far).toBeInViewport();
      expect(await list.evaluate((element) => element.scrollTop)).toBe(top);
      await expect(far).toBeFocused();
      expect(new URL(mira.page.url()).pathname).toBe('/');
      expect(await length()).toBe(before + 1);
    });
  }
});

test('whoever came by a link goes from the room to the list, and not out of it twice', async ({
  person,
}) => {
  test.skip(test.info().project.name !== 'phone', 'Beside an open room the list stays.');
  const mira = await person('Mira');
  await mira.enters('general');
  const length = await mira.page.evaluate(() => history.length);
  await mira.page.getByRole('link', { name: 'Back' }).click();
  await expect(rows(mira)).not.toHaveCount(0);
  expect(await mira.page.evaluate(() => history.length)).toBe(length);
  // The search was opened from the room, and leads back there.
  await row(mira, 'General').getByRole('link').click();
  await mira.isThere();
  await mira.page.getByRole('button', { name: 'Search messages' }).click();
  await expect(mira.page).toHaveURL(/\/search/);
  for (const place of ['/rooms/general', '/']) {
    await mira.page.getByRole('link', { name: 'Back' }).click();
    await expect(mira.page).toHaveURL((url) => url.pathname === place);
  }
  await expect(rows(mira)).not.toHaveCount(0);
  expect(await mira.page.evaluate(() => history.length)).toBe(length + 2);
});

/** Opens the menu of a room as people do: a right click, or a finger that stays. */
async function does(one: Person, title: string, what: string): Promise<void> {
  const place = row(one, title);
  if (isPhone(one)) {
    const box = await place.boundingBox();
    const at = { x: (box?.x ?? 0) + 120, y: (box?.y ?? 0) + 20 };
    const session = await one.context.newCDPSession(one.page);
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
    await expect(one.page.getByRole('menu')).toBeVisible();
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await session.detach();
  } else await place.click({ button: 'right' });
  await one.page.getByRole('menuitem', { name: what }).click();
  await expect(one.page.getByRole('menu')).toHaveCount(0);
}

test('a room is pinned, muted and marked as unread, on all devices alike', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await room(mira, 'tea', 'Tea');
  await room(mira, 'cricket', 'Cricket');
  await rahul.asks('PUT', '/rooms/tea/membership');
  const other = await mira.tab();
  for (const one of [mira, other]) await looksAtList(one);
  await mira.page.bringToFront();
  await expectOrder(mira, 'General', 'Cricket', 'Tea');

  await does(mira, 'Tea', 'Pin to the top');
  for (const one of [mira, other]) await expectOrder(one, 'Tea', 'General', 'Cricket');
  const link = (one: Person, name: RegExp) => one.rooms.getByRole('link', { name });
  await expect(link(other, /^Tea ?, pinned/)).toBeVisible();

  await does(mira, 'Cricket', 'Mark as unread');
  for (const one of [mira, other]) {
    await expect(link(one, /^Cricket ?, marked as unread/)).toBeVisible();
    await expect(filter(one, /^Unread \(1 with something unread\)/)).toBeVisible();
    await expect(one.page).toHaveTitle(/^\(1\) /);
  }

  await does(mira, 'Tea', 'Mute');
  await rahul.asks('POST', '/rooms/tea/messages', {
    client_id: crypto.randomUUID(),
    text: '@mira, milk?',
  });
  for (const one of [mira, other]) {
    await expect(link(one, /^Tea ?, 1 unread message, 1 names you, pinned, muted/)).toBeVisible();
    // It counts nowhere else.
    await expect(one.page).toHaveTitle(/^\(1\) /);
    await expect(filter(one, /^Unread \(1 with something unread\)/)).toBeVisible();
  }
  await chooses(other, /^Unread/);
  await expectOrder(other, 'Cricket');
  await chooses(other, /^All/);

  // Opening it clears the mark, and muted is not read.
  await row(mira, 'Cricket').getByRole('link').click();
  await mira.isThere();
  await expect(mira.page).not.toHaveTitle(/^\(/);
  await expect(other.page).not.toHaveTitle(/^\(/);
  await looksAtList(mira);
  await does(mira, 'Tea', 'Mark as read');
  await expect(link(mira, /^Tea ?, pinned, muted/)).toBeVisible();
  await does(mira, 'Tea', 'Unmute');
  await does(mira, 'Tea', 'Unpin');
  for (const one of [mira, other]) await expect(link(one, /^Tea \d/)).toHaveCount(1);
  await mira.page.reload();
  await expectOrder(mira, 'Tea', 'General', 'Cricket');
});

test('what the server does not hear of is said and put back', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket/);
  await room(mira, 'tea', 'Tea');
  await looksAtList(mira);
  await does(mira, 'Tea', 'Mark as unread');
  await expect(mira.rooms.getByRole('link', { name: /^Tea ?, marked as unread/ })).toBeVisible();
  await mira.context.setOffline(true);
  await does(mira, 'Tea', 'Pin to the top');
  await expect(mira.page.getByText(/^This was not changed\. /)).toBeVisible();
  await expectOrder(mira, 'General', 'Tea');
  await mira.context.setOffline(false);
});

test('a mark that was cleared without a connection is cleared on the server later', async ({
  person,
}) => {
  const mira = await person('Mira');
  mira.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket/);
  await room(mira, 'tea', 'Tea');
  await looksAtList(mira);
  await does(mira, 'Tea', 'Mark as unread');
  const isMarked = async () => {
    type Rooms = { items: { name: string; preferences: { marked_unread: boolean } }[] };
    const { items } = await mira.asks<Rooms>('GET', '/rooms');
    return items.find(({ name }) => name === 'tea')?.preferences.marked_unread;
  };
  await expect.poll(isMarked).toBe(true);
  await mira.context.setOffline(true);
  await expect(mira.page.getByText(/offline|No connection/)).toBeVisible();
  await does(mira, 'Tea', 'Mark as read');
  await expect(mira.rooms.getByRole('link', { name: /^Tea ?, marked/ })).toHaveCount(0);
  await mira.context.setOffline(false);
  await expect.poll(isMarked).toBe(false);
});

test('a room is told by its emoji, which is chosen, exchanged and taken away', async ({
  person,
}) => {
  const mira = await person('Mira');
  await looksAtList(mira);
  await mira.rooms.getByRole('button', { name: 'Somebody or something new' }).click();
  await mira.page.getByRole('menuitem', { name: 'New room' }).click();
  const dialog = mira.page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('Evening tea');
  const picks = async (button: string, query: string, emoji: string) => {
    await dialog.getByRole('button', { name: button }).click();
    await dialog.getByRole('searchbox').fill(query);
    await dialog.getByRole('button', { name: emoji, exact: true }).click();
    await expect(dialog.getByRole('searchbox')).toHaveCount(0);
  };
  await picks('Choose an emoji', 'teacup', 'teacup without handle');
  await dialog.getByRole('button', { name: 'Create room' }).click();
  await mira.isThere();
  const tile = (one: Person) => row(one, 'Evening tea').locator('.tile');
  const changes = async () => {
    await mira.page.goto('/rooms/evening-tea');
    await mira.isThere();
    await mira.page.getByRole('button', { name: /here/ }).click();
    await dialog.getByRole('button', { name: 'Change the room' }).click();
  };
  await looksAtList(mira);
  await expect(tile(mira)).toHaveText('🍵');
  await changes();
  await picks('Another emoji', 'cricket game', 'cricket game');
  // Escape closes what is picked from, and not the form.
  await dialog.getByRole('button', { name: 'Another emoji' }).click();
  await dialog.getByRole('searchbox').press('Escape');
  await expect(dialog.getByRole('searchbox')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('button', { name: 'Change the room' })).toBeVisible();
  await looksAtList(mira);
  await expect(tile(mira)).toHaveText('🏏');
  await changes();
  await dialog.getByRole('button', { name: 'Without an emoji' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('button', { name: 'Change the room' })).toBeVisible();
  await looksAtList(mira);
  await expect(tile(mira)).toHaveText('E');
});
