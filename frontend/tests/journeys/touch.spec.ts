// What is done with messages by fingers.
import { expect, test } from '../support/journey';

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
