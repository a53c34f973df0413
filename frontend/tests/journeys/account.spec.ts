// One's own account: its menu, its devices, and what is said beside what was changed.
import { expectAccessible } from '../support/axe';
import { expect, PASSWORD, type Person, test } from '../support/journey';

const account = ({ page }: Person) => page.getByRole('button', { name: 'Your account' });
const item = ({ page }: Person, name: string) => page.getByRole('menuitem', { name });

test('the menu at the avatar leads to the settings and out', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/');
  await expect(account(mira)).toContainText('@mira');
  await account(mira).click();
  await expect(item(mira, 'Settings')).toBeFocused();
  await expectAccessible(mira);
  await item(mira, 'Settings').click();
  await expect(mira.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await expect(mira.page.getByRole('menu')).toHaveCount(0);

  await mira.page.goto('/');
  await account(mira).click();
  await item(mira, 'Sign out').click();
  await expect(mira.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
});

test('the menu at the avatar is used by keyboard', async ({ person }) => {
  const mira = await person('Mira', { colorScheme: 'light' });
  const { page } = mira;
  const scheme = () => page.evaluate(() => document.documentElement.dataset['scheme']);
  await page.goto('/directory');
  await account(mira).focus();
  await page.keyboard.press('Enter');
  await expect(item(mira, 'Settings')).toBeFocused();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'Dark' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(scheme).toBe('dark');
  await page.keyboard.press('ArrowDown');
  await expect(item(mira, 'Keyboard')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(item(mira, 'Sign out')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(item(mira, 'Settings')).toBeFocused();
  await page.keyboard.press('End');
  await expect(item(mira, 'Sign out')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(account(mira)).toBeFocused();
});

test('a sign-out that fails is told where it was asked for', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(/Failed to load resource|net::/);
  await mira.page.goto('/');
  await account(mira).click();
  await expect(item(mira, 'Sign out')).toBeVisible();
  await mira.page.route('**/api/v1/auth/logout', (route) => route.abort());
  await item(mira, 'Sign out').click();
  await expect(mira.page.getByRole('alert')).toHaveText('The server cannot be reached.');
  await expect(item(mira, 'Sign out')).toHaveAccessibleDescription(/cannot be reached/);
});

test('of many devices three are shown, this one first, until one asks for all', async ({
  person,
}) => {
  const mira = await person('Mira');
  const data = { username: 'mira', password: PASSWORD };
  for (let device = 0; device < 4; device += 1) {
    const headers = { 'user-agent': `curl/8.${device}` };
    await mira.context.request.post(`${mira.server.api}/api/v1/auth/login`, { data, headers });
  }
  await mira.page.goto('/settings');
  const devices = mira.page.getByRole('region', { name: 'Devices' });
  const list = devices.getByRole('listitem');
  await expect(list).toHaveCount(3);
  await expect(list.first()).toContainText('This device');
  await devices.getByRole('button', { name: 'Show all 5 devices' }).click();
  await expect(list).toHaveCount(5);
  await expect(list.nth(3).getByRole('button', { name: 'Sign out' })).toBeFocused();
  await expect(devices.getByRole('button', { name: /Show all/ })).toHaveCount(0);
});

test('what was saved is said beside it, and what was not too', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(/status of 4\d\d|Failed to load resource|net::/);
  const { page } = mira;
  await page.goto('/settings');
  const name = page.locator('.field', { has: page.locator('[name="display_name"]') });
  await name.getByRole('textbox').fill('Mira Rahman');
  await name.getByRole('textbox').press('Enter');
  await expect(name.getByRole('status')).toHaveText('Saved');
  await expect(account(mira).or(page.getByText('Mira Rahman')).first()).toContainText(
    'Mira Rahman',
  );
  await name.getByRole('textbox').fill('Mira R');
  await expect(name.getByRole('status')).toBeEmpty();

  const switches = page.locator('.switch');
  await switches.nth(1).getByRole('switch').click();
  await expect(switches.nth(1).getByRole('status')).toHaveText('Saved');
  await expect(switches.nth(0).getByRole('status')).toBeEmpty();
  await page.route('**/api/v1/users/me', (route) => route.abort());
  await switches.nth(0).getByRole('switch').click();
  await expect(switches.nth(0).getByRole('alert')).toHaveText('The server cannot be reached.');
  await expect(switches.nth(0).getByRole('switch')).toBeChecked();
  await expect(switches.nth(1).getByRole('status')).toBeEmpty();

  const next = page.locator('.field', { has: page.locator('[name="new_password"]') });
  await page.locator('[name="current_password"]').fill(PASSWORD);
  await next.getByRole('textbox').fill('three cups of strong tea');
  await next.getByRole('textbox').press('Enter');
  await expect(next.getByRole('status')).toContainText('Password changed');
});
