import { expectAccessible } from '../support/axe';
import { expect, type Person, test } from '../support/journey';

// Colours are the scheme's alone and words the language's: each once is both.
const looks = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'bn-BD' },
] as const;

/** Opens something by what may not hear it yet, since it is loaded once somebody comes near. */
async function opens(
  { page }: Person,
  role: 'menu' | 'dialog' | 'toolbar',
  by: () => Promise<void>,
) {
  await expect(async () => {
    await by();
    await expect(page.getByRole(role)).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

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
    await expect(page.getByRole('dialog').getByRole('group')).toHaveCount(2);
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

  test(`what opens over a view can be used by everybody: ${colorScheme}, ${locale}`, async ({
    person,
  }) => {
    test.setTimeout(180_000);
    const rahul = await person('Rahul');
    await rahul.writes('Is somebody here?');
    const mira = await person('Mira', { colorScheme, locale });
    const { page } = mira;
    await mira.enters();
    await mira.says('Yes');
    await mira.sees('Is somebody here?', 'Yes');
    /** It is open, stands for whoever cannot see it, and goes. */
    const holds = async () => {
      await expectAccessible(mira);
      await page.keyboard.press('Escape');
    };
    const time = mira.message('Yes').locator('time');
    if (mira.hasTouch) {
      await opens(mira, 'dialog', () => time.tap());
    } else {
      await opens(mira, 'toolbar', () => mira.message('Is somebody here?').locator('time').hover());
      await expectAccessible(mira);
      await opens(mira, 'menu', () => time.click({ button: 'right' }));
    }
    await holds();
    await opens(mira, 'dialog', () =>
      mira.log.getByRole('button', { name: /Rahul/ }).last().click(),
    );
    await expect(page.getByRole('dialog').getByRole('listitem')).not.toHaveCount(0);
    await holds();
    await mira.composer.fill('');
    for (const begun of ['@ra', ':tea']) {
      await mira.composer.pressSequentially(begun);
      await expect(page.getByRole('option').first()).toBeVisible();
      await holds();
      await mira.composer.fill('');
    }
    const [attach, emoji] = await page.locator('.composer .popup > button').all();
    await attach?.click();
    await holds();
    await emoji?.click();
    await expect(page.locator('.composer .picker .grid > button').first()).toBeVisible();
    await holds();
    if (mira.hasTouch) await page.goto('/');
    await opens(mira, 'menu', () => mira.rooms.locator('header button').last().click());
    await holds();
    await opens(mira, 'menu', () => mira.rooms.locator('.account > button').click());
    await holds();
    if (mira.hasTouch) return;
    await opens(mira, 'menu', () => mira.rooms.locator('li a').first().click({ button: 'right' }));
    await holds();
    await opens(mira, 'dialog', () => page.keyboard.press('Control+/'));
    await holds();
  });
}
