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
