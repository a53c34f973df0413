import { expect, type Person, test } from '../support/journey';

const tick = (person: Person, text: string, name: string) =>
  person.message(text).getByRole('img', { name, exact: true });

test('a private message is sent, then delivered, then read', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await mira.page.getByRole('button', { name: /here/ }).click();
  await mira.page.getByRole('button', { name: 'Write to Rahul' }).click();
  await expect(mira.page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();
  const name = new URL(mira.page.url()).pathname.split('/').at(-1) ?? '';
  expect(name).toMatch(/^private_\d+_\d+$/);
  await mira.says('Tea at five?');
  await expect(tick(mira, 'Tea at five?', 'Sent')).toBeVisible();

  // His device has it; he looks at something else.
  await rahul.page.goto('/settings');
  await expect(rahul.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await expect(tick(mira, 'Tea at five?', 'Delivered')).toBeVisible();

  await rahul.page.goto(`/rooms/${name}`);
  await rahul.sees('Tea at five?');
  await rahul.page.bringToFront();
  await expect(tick(mira, 'Tea at five?', 'Read')).toBeVisible();
  await mira.page.reload();
  await expect(tick(mira, 'Tea at five?', 'Read')).toBeVisible();
  await mira.says('With cake.');
  await expect(tick(mira, 'With cake.', 'Read')).toBeVisible();
  await expect(mira.page.getByRole('button', { name: /^Here now/ })).toBeVisible();
  await rahul.context.close();
  await expect(mira.page.getByRole('button', { name: /^Last seen/ })).toBeVisible({
    timeout: 20_000,
  });
});

test('in a public room one learns that somebody has read it, and who', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await mira.says('Who brings the lemon?');
  await expect(tick(mira, 'lemon', 'Sent')).toBeVisible();
  await mira.does('Read by', 'lemon');
  await expect(mira.page.getByRole('dialog')).toContainText('Nobody has read it yet.');
  await mira.page.keyboard.press('Escape');
  await rahul.enters();
  await rahul.page.bringToFront();
  await expect(tick(mira, 'lemon', 'Read by somebody')).toBeVisible();
  await mira.does('Read by', 'lemon');
  await expect(mira.page.getByRole('dialog')).toContainText('@rahul');
  await mira.page.keyboard.press('Escape');
  // What was open takes its entry of the history away.
  await expect.poll(() => mira.page.evaluate(() => history.state?.over)).toBeUndefined();
  await mira.page.reload();
  await expect(tick(mira, 'lemon', 'Read by somebody')).toBeVisible();
});
