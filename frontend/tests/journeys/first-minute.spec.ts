import { expect, PASSWORD, test } from '../support/journey';

test('the set-up link makes the administrator, and a second person joins in', async ({
  server,
  stranger,
}) => {
  const mira = await stranger('Mira');
  await mira.signUp(server.setupPath);
  await mira.page.goto('/settings');
  await expect(mira.page.getByText('@mira · Administrator')).toBeVisible();

  const rahul = await stranger('Rahul');
  await rahul.signUp();
  await rahul.page.goto('/settings');
  await expect(rahul.page.getByText('@rahul').first()).toBeVisible();
  await expect(rahul.page.getByText('Administrator')).toHaveCount(0);

  await mira.enters();
  await rahul.enters();
  await mira.says('The kettle is on');
  await rahul.sees('The kettle is on');
});

test('a set-up link that was cut short says so', async ({ stranger }) => {
  const mira = await stranger('Mira');
  await mira.page.goto('/setup');
  await expect(mira.page.getByText(/not complete/)).toBeVisible();
});

test('a wrong password, a taken name and a poor name are told in words', async ({
  stranger,
  person,
}) => {
  await person('Mira');
  const rahul = await stranger('Rahul');
  rahul.expects(/status of 4\d\d/);
  const { page } = rahul;
  await page.goto('/sign-in');
  await page.getByLabel('Username').fill('mira');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/wrong/);

  await page.getByRole('link', { name: 'Create account' }).click();
  await page.getByLabel('Username').fill('mira');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Username')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Username').fill('rahul');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(rahul.rooms).toBeVisible();
});

test('a reload keeps the person, the room and the messages', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('Still here tomorrow');
  await mira.sees('Still here tomorrow');
  await mira.page.reload();
  await mira.isThere();
  await mira.sees('Still here tomorrow');
});

test('an address is opened again after signing in', async ({ stranger, person }) => {
  await (await person('Mira')).writes('You were sent here');
  const mira = await stranger('Mira');
  await mira.signIn();
  await mira.enters('general', '?at=1');
  await mira.sees('You were sent here');
});

test('signing out ends it in every tab, and nothing of it is left to see', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  const other = await mira.tab();
  // A tab that hears of it from its socket first asks once whether it is true.
  for (const one of [mira, other]) one.expects(/401 .*\/auth\/refresh/);
  await other.enters();
  await mira.page.goto('/settings');
  await mira.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(mira.page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(other.page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await other.page.goto('/rooms/general');
  await expect(other.page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('a device that is signed out from another one is told', async ({ person, stranger }) => {
  const phone = await person('Mira');
  phone.expects(/status of 401/);
  await phone.enters();
  const desk = await stranger('Mira');
  await desk.signIn();
  await desk.page.goto('/settings');
  await desk.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(phone.page.getByText(/This device was signed out/)).toBeVisible();
  await expect(desk.page.getByRole('button', { name: 'Sign out everywhere else' })).toHaveCount(0);
});
