import { expect, type Person, test } from '../support/journey';

async function conversation(one: Person, other: Person): Promise<string> {
  const { id } = await other.asks<{ id: number }>('GET', '/users/me');
  return (await one.asks<{ name: string }>('PUT', `/users/${id}/private-room`)).name;
}

async function writesTo(one: Person, room: string, text: string): Promise<void> {
  const body = { client_id: crypto.randomUUID(), text };
  await one.asks('POST', `/rooms/${room}/messages`, body);
}

test('the message that is being changed is marked, and brought into sight', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.writes('Mine, a long way up.');
  for (let at = 1; at <= 40; at += 1) await rahul.writes(`number ${at}`);
  await mira.asks('PUT', '/rooms/general/read', { seq: 42 });
  await mira.enters();
  await expect(mira.message('a long way up')).not.toBeInViewport();
  await mira.composer.focus();
  await mira.composer.press('ArrowUp');
  await expect(mira.log.locator('.editing')).toHaveCount(1);
  await expect(mira.message('a long way up').locator('.editing')).toBeInViewport();
  await mira.composer.press('Escape');
  await expect(mira.log.locator('.editing')).toHaveCount(0);
  await expect(mira.composer).toBeFocused();
});

test('the face of a long group stays in sight while it goes by', async ({ person }) => {
  const [mira, rahul, tuli] = [await person('Mira'), await person('Rahul'), await person('Tuli')];
  await tuli.writes('Before.');
  for (let at = 1; at <= 40; at += 1) await rahul.writes(`number ${at}`);
  await mira.asks('PUT', '/rooms/general/read', { seq: 42 });
  await mira.enters();
  await expect(mira.log.getByText('number 40', { exact: true })).toBeInViewport();
  await expect(mira.log.getByText('number 1', { exact: true })).not.toBeInViewport();
  const face = mira.log.locator('.face').filter({ hasText: 'R' });
  await expect(face).toHaveCount(1);
  await expect(face).toBeInViewport({ ratio: 1 });
  await mira.log.hover();
  await mira.page.mouse.wheel(0, -400);
  await expect(mira.log.getByText('number 40', { exact: true })).not.toBeInViewport();
  await expect(face).toBeInViewport({ ratio: 1 });
  await mira.log.evaluate((log) => log.scrollTo(0, 0));
  await expect(mira.log.getByText('number 1', { exact: true })).toBeInViewport();
  // At its beginning it stands beside it, and not further up.
  const [beside, first] = [
    await face.boundingBox(),
    await mira.message('number 1').first().locator('.bubble').boundingBox(),
  ];
  expect(Math.abs((beside?.y ?? 0) - (first?.y ?? 0))).toBeLessThan(4);
});

test('the way to the latest says how much is unread, as the list does', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.writes(...Array.from({ length: 30 }, (_, at) => `number ${at + 1}`));
  await mira.enters();
  await mira.log.evaluate((log) => log.scrollTo(0, log.scrollHeight - log.clientHeight - 100));
  await expect(mira.page.getByRole('button', { name: 'To the latest' })).toHaveCount(0);
  await mira.log.evaluate((log) => log.scrollTo(0, 0));
  await expect(mira.page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  await rahul.writes('One.', 'Two.', 'Three.');
  const button = mira.page.getByRole('button', { name: '3 new messages' });
  await expect(button).toHaveText('3');
  if (!mira.hasTouch) {
    await expect(mira.rooms.locator('[data-room="general"]')).toContainText('3 unread messages');
  }
  await expect(mira.page).toHaveTitle(/^\(1\)/);
  const box = await button.boundingBox();
  expect(box?.width).toBe(box?.height);
  expect(box?.width).toBeGreaterThanOrEqual(41);
  // In the column, and beside the ticks of one's own messages.
  const column = await mira.log.locator('.rows').boundingBox();
  const [left, right] = [(box?.x ?? 0) - (column?.x ?? 0), (box?.x ?? 0) + (box?.width ?? 0)];
  expect(left).toBeGreaterThan(0);
  for (const meta of await mira.log.locator('.own .meta').all()) {
    expect((await meta.boundingBox())?.x).toBeGreaterThan(right);
  }
  await button.click();
  await expect(mira.log.getByText('Three.', { exact: true })).toBeInViewport();
  await expect(mira.log.getByRole('separator', { name: 'New messages' })).toBeVisible();
  await expect(mira.page).not.toHaveTitle(/^\(/);
  await expect(button).toHaveCount(0);
});

test('what comes while nobody looks stands below a divider', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.writes('Seen.');
  await mira.sees('Seen.');
  await expect.poll(async () => (await mira.page.title()).startsWith('(')).toBe(false);
  const divider = mira.log.getByRole('separator', { name: 'New messages' });
  await expect(divider).toHaveCount(0);
  await mira.page.evaluate(() => {
    document.hasFocus = () => false;
    dispatchEvent(new FocusEvent('blur'));
  });
  await rahul.writes('Unseen.', 'Unseen too.');
  await mira.sees('Unseen.');
  await expect(divider).toBeVisible();
  await expect(mira.page).toHaveTitle(/^\(1\)/);
  const order = await mira.log.locator('.row').allTextContents();
  const at = order.findIndex((text) => text.includes('New messages'));
  expect(order[at - 1]).toContain('Seen.');
  expect(order[at + 1]).toContain('Unseen.');
});

test('of two who are alone neither name nor face is repeated, but stands in the head', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const room = await conversation(mira, rahul);
  await writesTo(mira, room, 'Are you there?');
  await writesTo(rahul, room, 'Just the two of us.');
  await rahul.enters();
  await mira.enters(room);
  await mira.sees('Just the two of us.');
  const head = mira.page.locator('main header');
  await expect(head.locator('.avatar.online')).toBeVisible();
  await expect(mira.log.locator('.face, .name')).toHaveCount(0);
  await mira.enters('general');
  await rahul.says('Here are more.');
  await mira.sees('Here are more.');
  await expect(mira.log.locator('.face').last()).toHaveText('R');
  await expect(mira.message('Here are more.').locator('.name')).toHaveText('Rahul');
  await expect(head.locator('.avatar')).toHaveCount(0);
});

test('a link to a message here opens in the app, without another page', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await writesTo(rahul, 'tea', 'The kettle is on.');
  const said = await rahul.history('tea');
  const link = `${mira.server.origin}/rooms/tea?at=${said.at(-1)?.seq}`;
  await mira.enters();
  await mira.page.evaluate(() => (document.body.dataset['page'] = 'the same'));
  await mira.says(`Look: ${link}`);
  await mira.message('Look:').getByRole('link').click();
  await expect(mira.page).toHaveURL(link);
  await expect(mira.log.locator('.highlighted')).toContainText('The kettle is on.');
  await expect(mira.page.locator('body')).toHaveAttribute('data-page', 'the same');
  expect(mira.context.pages()).toHaveLength(1);
});
