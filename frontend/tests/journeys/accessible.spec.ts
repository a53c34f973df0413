import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/journey';

// Colours are the scheme's alone and words the language's: each once is both.
const looks = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'bn-BD' },
] as const;

for (const { colorScheme, locale } of looks) {
  test(`every view can be used by everybody: ${colorScheme}, ${locale}`, async ({
    stranger,
    person,
  }) => {
    test.setTimeout(180_000);
    const guest = await stranger('Guest', { colorScheme, locale });
    for (const path of ['/sign-in', '/sign-up', '/setup', '/setup#token']) {
      await guest.page.goto('about:blank');
      await guest.page.goto(path);
      await expect(guest.page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(guest);
    }
    const rahul = await person('Rahul');
    await rahul.writes('☕️', 'See https://example.org', 'লেবু চা');
    await rahul.asks('POST', '/rooms', { name: 'tea', title: 'চায়ের ঘর', topic: 'Tea' });
    const mira = await person('Mira', { colorScheme, locale });
    await mira.writes('Good morning');
    await mira.page.goto('/rooms/general');
    await mira.sees('Good morning');
    await expect(mira.page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2));
    await expectAccessible(mira);
    const paths = ['/', '/directory', '/people', '/settings', '/rooms/tea', '/rooms/nowhere'];
    for (const path of paths) {
      if (path === '/rooms/nowhere') mira.expects(/status of 404/);
      await mira.page.goto(path);
      await expect(mira.page.locator('[aria-busy="true"]')).toHaveCount(0);
      await expectAccessible(mira);
    }
    await mira.page.goto('/rooms/general');
    await mira.sees('Good morning');
    await mira.page.locator('header .here').click();
    await expect(mira.page.getByRole('dialog').getByText('@rahul')).toBeVisible();
    await expectAccessible(mira);
  });

  test(`people can be found by everybody: ${colorScheme}, ${locale}`, async ({ person }) => {
    test.setTimeout(120_000);
    const mira = await person('Mira', { colorScheme, locale });
    const { page } = mira;
    await page.goto('/people');
    await expect(page.locator('.middle')).toBeVisible();
    await expectAccessible(mira);
    const rahul = await person('Rahul');
    await rahul.asks('POST', '/rooms', { name: 'rahs', title: 'Rahs' });
    await rahul.enters();
    await page.goto('/people');
    await expect(page.locator('main').getByRole('region').first()).toContainText('@rahul');
    await expectAccessible(mira);
    await page.getByRole('searchbox').fill('nobody at all');
    await expect(page.locator('.middle')).toBeVisible();
    await expectAccessible(mira);
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option')).not.toHaveCount(0);
    await expectAccessible(mira);
    await page.keyboard.type('rah');
    await expect(page.getByRole('group')).toHaveCount(2);
    await expectAccessible(mira);
    await page.keyboard.type('zzz');
    await expect(page.getByRole('option')).toHaveCount(0);
    await expectAccessible(mira);
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill('rah');
    await page.getByRole('searchbox').press('Enter');
    await expect(page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();
    await mira.isThere();
    await expectAccessible(mira);
    await page.locator('header .here').click();
    await expect(page.getByRole('dialog').getByText('@rahul')).toBeVisible();
    await expectAccessible(mira);
  });
}
