// What is done with messages by a mouse and by keys.
import type { Locator } from '@playwright/test';

import { expect, type Person, test } from '../support/journey';

const bar = ({ page }: Person) => page.getByRole('toolbar', { name: /^Actions: / });

/** Waits until what can be done with messages is there: it is loaded once somebody comes near. */
async function pointsAt(person: Person, text: string): Promise<Locator> {
  await person.message(text).locator('time').hover();
  await expect(bar(person)).toBeVisible();
  return bar(person);
}

/** Notes for each right click whether the browser would open its own menu, and has it opened by none. */
async function watchMenus({ page }: Person): Promise<() => Promise<boolean | null>> {
  await page.evaluate(() => {
    addEventListener('contextmenu', (event) => {
      document.body.dataset['browserMenu'] = String(!event.defaultPrevented);
      event.preventDefault();
    });
  });
  return () =>
    page.evaluate(() => {
      const said = document.body.dataset['browserMenu'];
      delete document.body.dataset['browserMenu'];
      return said === undefined ? null : said === 'true';
    });
}

test('the message that is pointed at has its actions beside it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await rahul.writes('Is the kettle on?');
  await mira.enters();
  await mira.says('Always.');
  const own = await pointsAt(mira, 'Always.');
  await expect(own).toHaveAccessibleName(/^Actions: Mira, /);
  await expect(own.getByRole('button', { name: 'Edit' })).toBeVisible();
  await pointsAt(mira, 'kettle');
  const others = bar(mira);
  await expect(others).toHaveAccessibleName(/^Actions: Rahul, /);
  await expect(others.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  await others.getByRole('button', { name: 'Copy text' }).click();
  await expect(mira.page.getByText('Copied', { exact: true })).toBeVisible();
  expect(await mira.page.evaluate(() => navigator.clipboard.readText())).toBe('Is the kettle on?');
  await expect(mira.composer).toBeFocused();
  await mira.composer.hover();
  await expect(bar(mira)).toHaveCount(0);
});

test('a right click opens the same, and the browser keeps its own where people want it', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes('See https://example.org/tea for the tea');
  await mira.enters();
  await pointsAt(mira, 'for the tea');
  const wasBrowsers = await watchMenus(mira);
  const time = mira.message('for the tea').locator('time');
  await mira.composer.focus();
  await time.click({ button: 'right' });
  await expect(mira.choices.getByRole('menuitem')).toHaveText([
    'Copy text',
    'Copy link',
    'About Rahul',
  ]);
  expect(await wasBrowsers()).toBe(false);
  await mira.page.keyboard.press('Escape');
  await expect(mira.choices).toHaveCount(0);
  await expect(mira.composer).toBeFocused();
  await time.click({ button: 'right' });
  await expect(mira.choices).toBeVisible();
  await mira.page.locator('main header h1').click();
  await expect(mira.choices).toHaveCount(0);

  await time.click({ button: 'right', modifiers: ['Shift'] });
  expect(await wasBrowsers()).toBe(true);
  await mira.message('for the tea').getByRole('link').click({ button: 'right' });
  expect(await wasBrowsers()).toBe(true);
  await mira.message('for the tea').locator('.body p').selectText();
  await time.click({ button: 'right' });
  expect(await wasBrowsers()).toBe(true);
  await expect(mira.choices).toHaveCount(0);
});

test('the keyboard goes from message to message, to their actions, and back', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const { keyboard } = mira.page;
  await rahul.writes('First.', 'Second.');
  await mira.enters();
  await mira.says('Third.');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
  const row = (name: RegExp) => mira.log.getByRole('article', { name });
  await mira.log.focus();
  await expect(async () => {
    await keyboard.press('ArrowUp');
    await expect(row(/^Rahul, .*Second/)).toBeFocused({ timeout: 500 });
  }).toPass();
  await keyboard.press('ArrowDown');
  await expect(row(/^Mira, .*Third/)).toBeFocused();

  await keyboard.press('Enter');
  await expect(bar(mira).getByRole('button', { name: 'Edit' })).toBeFocused();
  await keyboard.press('ArrowRight');
  await expect(bar(mira).getByRole('button', { name: 'Copy text' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(row(/Third/)).toBeFocused();

  await keyboard.press('ContextMenu');
  await expect(mira.choices.getByRole('menuitem', { name: 'Edit' })).toBeFocused();
  await keyboard.press('ArrowUp');
  await expect(mira.choices.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await keyboard.press('Enter');
  const dialog = mira.page.getByRole('dialog', { name: 'Delete' });
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(row(/Third/)).toBeFocused();

  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await expect(mira.composer).toBeFocused();
  await expect(mira.composer).toHaveValue('Third.');
  await expect(mira.message('Third.').locator('.editing')).toBeVisible();
  await keyboard.type(' And last.');
  await keyboard.press('Enter');
  await expect(row(/Third\. And last\./)).toBeFocused();
  await expect(mira.log.locator('.editing')).toHaveCount(0);
  await keyboard.press('Escape');
  await expect(mira.composer).toBeFocused();
});
