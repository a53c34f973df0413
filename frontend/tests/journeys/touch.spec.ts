// What is done with messages by fingers.
import type { Page } from '@playwright/test';

import { expect, type Person, test } from '../support/journey';

test('a touch lifts a message out, with what can be done with it below', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('Tee at five, see https://example.org/tea');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toBeVisible();
  const time = mira.message('Tee').locator('time');
  await expect(async () => {
    await time.tap();
    await expect(mira.choices).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const [message, first] = [
    mira.choices.locator('.bubble'),
    mira.choices.getByRole('button').first(),
  ];
  await expect(message).toContainText('Tee at five');
  const [above, below] = [await message.boundingBox(), await first.boundingBox()];
  expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThan(below?.y ?? 0);
  expect(below?.height).toBeGreaterThanOrEqual(41);
  await mira.page.touchscreen.tap(195, 60);
  await expect(mira.choices).toHaveCount(0);

  await mira.does('Edit', 'Tee');
  await expect(mira.composer).toBeFocused();
  await expect(mira.message('Tee').locator('.editing')).toBeVisible();
  await mira.page.getByRole('button', { name: 'Cancel' }).tap();
  await expect(mira.log.locator('.editing')).toHaveCount(0);
});

test('what can be done with a room is reached without a finger that stays', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/');
  // As a screen reader finds it, which goes from one thing to the next.
  const button = mira.rooms.getByRole('button', { name: 'What to do with General' });
  await expect(button).toHaveCount(1);
  const size = await button.boundingBox();
  expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  await button.focus();
  await mira.page.keyboard.press('Enter');
  await mira.page.getByRole('menuitem', { name: 'Pin to the top' }).tap();
  await expect(mira.rooms.getByRole('link', { name: /^General ?, pinned/ })).toBeVisible();
  // Whoever sees the row and touches it there opens the room.
  const row = await mira.rooms.locator('[data-room="general"]').boundingBox();
  await mira.page.touchscreen.tap((row?.x ?? 0) + (row?.width ?? 0) - 30, (row?.y ?? 0) + 30);
  await mira.isThere();
});

/** A finger that stays on something until its menu is there. */
async function holds(one: Person, title: string): Promise<void> {
  const box = await one.rooms.getByRole('link', { name: title }).boundingBox();
  const at = { x: (box?.x ?? 0) + 120, y: (box?.y ?? 0) + 20 };
  const session = await one.context.newCDPSession(one.page);
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await expect(one.page.getByRole('menu')).toBeVisible();
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

/** The history has the entry of what is open, which is known once the app follows what is opened. */
async function isOver(page: Page, over: boolean): Promise<void> {
  await expect.poll(() => page.evaluate(() => 'over' in (history.state ?? {}))).toBe(over);
}

test('the way back closes what is open, and only then leaves the room', async ({ person }) => {
  const mira = await person('Mira');
  const { page } = mira;
  await page.goto('/');
  await mira.rooms.getByRole('link', { name: 'General' }).tap();
  await mira.isThere();
  await mira.says('Tea at five?');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toBeVisible();
  const length = await page.evaluate(() => history.length);
  const dialog = page.getByRole('dialog');
  const opens: Record<string, () => Promise<void>> = {
    sheet: () => mira.message('Tea').locator('time').tap(),
    dialog: () => page.getByRole('heading', { name: 'General' }).getByRole('button').tap(),
    panel: () => page.getByRole('button', { name: 'Emoji' }).tap(),
  };
  for (const [what, open] of Object.entries(opens)) {
    await test.step(what, async () => {
      await open();
      await expect(dialog).toBeVisible();
      await isOver(page, true);
      await page.goBack();
      await expect(dialog).toHaveCount(0);
      await expect(page).toHaveURL(/\/rooms\/general$/);
      await isOver(page, false);
    });
  }

  // What is closed in another way leaves nothing to go back from, and what is gone forward to is left.
  await opens['dialog']?.();
  await isOver(page, true);
  await dialog.getByRole('button', { name: 'Close' }).tap();
  await isOver(page, false);
  await page.goForward();
  await isOver(page, false);
  await expect(dialog).toHaveCount(0);
  expect(await page.evaluate(() => history.length)).toBe(length + 1);

  // One above the other: one at a time.
  await opens['dialog']?.();
  await dialog.getByRole('button', { name: 'Mira' }).first().tap();
  await expect(page.locator('dialog[open]')).toHaveCount(2);
  for (const left of [1, 0]) {
    await isOver(page, true);
    await page.goBack();
    await expect(page.locator('dialog[open]')).toHaveCount(left);
  }
  await isOver(page, false);

  await opens['sheet']?.();
  await isOver(page, true);
  await page.reload();
  await mira.isThere();
  await isOver(page, false);
  await page.goBack();
  await expect(page).toHaveURL((url) => url.pathname === '/');
});

test('what is chosen in something open takes its place in the history', async ({ person }) => {
  const mira = await person('Mira');
  const { page } = mira;
  await page.goto('/');
  const length = await page.evaluate(() => history.length);
  await page.getByRole('button', { name: 'Your account' }).tap();
  await isOver(page, true);
  await page.getByRole('menuitem', { name: 'Settings' }).tap();
  await expect(page).toHaveURL(/\/settings$/);
  await isOver(page, false);
  expect(await page.evaluate(() => history.length)).toBe(length + 1);
  await page.getByRole('link', { name: 'Back' }).tap();
  await expect(page).toHaveURL((url) => url.pathname === '/');
  await isOver(page, false);
});

test('the menu of a finger that stays has the keys, and a touch beside it only closes it', async ({
  person,
}) => {
  const mira = await person('Mira');
  const { page } = mira;
  await page.goto('/');
  const menu = page.getByRole('menu');
  await holds(mira, 'General');
  await expect(menu).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);

  await holds(mira, 'General');
  const row = await mira.rooms.getByRole('link', { name: 'General' }).boundingBox();
  // On the row itself, beside the menu.
  await page.touchscreen.tap((row?.x ?? 0) + 20, (row?.y ?? 0) + 10);
  await expect(menu).toHaveCount(0);
  await isOver(page, false);
  await expect(page).toHaveURL((url) => url.pathname === '/');

  await holds(mira, 'General');
  await isOver(page, true);
  await page.goBack();
  await expect(menu).toHaveCount(0);
  await expect(page).toHaveURL((url) => url.pathname === '/');
  // The next touch is one again.
  await mira.rooms.getByRole('link', { name: 'General' }).tap();
  await mira.isThere();
});
