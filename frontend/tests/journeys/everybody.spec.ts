import { expect, type Person, test } from '../support/journey';

const FOCUSED = ':focus-visible';

/** Goes on with Tab until something has the focus, as a person without a mouse does. */
async function tabTo(
  person: Person,
  role: 'link' | 'button' | 'textbox',
  name: RegExp,
): Promise<void> {
  const wanted = person.page.getByRole(role, { name }).and(person.page.locator(FOCUSED));
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await wanted.count()) > 0) return;
    await person.page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

test('everything can be done with the keyboard alone', async ({ person, stranger }) => {
  await (await person('Rahul')).writes('Anybody there?');
  const mira = await stranger('Mira');
  const { page } = mira;
  await page.goto('/sign-up');
  await tabTo(mira, 'textbox', /^Name/);
  await page.keyboard.type('Mira');
  await tabTo(mira, 'textbox', /^Username/);
  await page.keyboard.type('mira');
  await page.keyboard.press('Tab');
  await page.keyboard.type('two cups of strong tea');
  await page.keyboard.press('Enter');
  await mira.isThere();
  await expect(mira.composer).toBeFocused();

  await tabTo(mira, 'button', /something new/i);
  await page.keyboard.press('Enter');
  const browse = page.getByRole('menuitem', { name: 'Browse rooms' });
  await expect(browse).toBeVisible();
  for (
    let presses = 0;
    presses < 5 && !(await browse.and(page.locator(FOCUSED)).count());
    presses += 1
  ) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox')).toBeVisible();
  await tabTo(mira, 'link', /General/i);
  await page.keyboard.press('Enter');
  await mira.isThere();
  await expect(mira.composer).toBeFocused();
  await page.keyboard.type('Here, without a mouse');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('on two lines');
  await page.keyboard.press('Enter');
  await mira.sees('Here, without a mouse');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);

  await page.keyboard.press('ArrowUp');
  await expect(mira.composer).toHaveValue('Here, without a mouse\non two lines');
  await page.keyboard.press('Escape');
  for (let presses = 0; presses < 20; presses += 1) {
    if (await mira.log.evaluate((log) => log === document.activeElement)) break;
    await page.keyboard.press('Shift+Tab');
  }
  const message = mira.log.getByRole('article', { name: /^Mira, .*Here, without a mouse/ });
  await expect(async () => {
    await page.keyboard.press('ArrowUp');
    await expect(message).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Edit' })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tabTo(mira, 'button', /^Delete$/);
  await page.keyboard.press('Enter');
  await mira.sees('This message was deleted.');
});

test('the skip link leads to the conversation', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.goto('/settings');
  await expect(mira.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await mira.page.keyboard.press('Tab');
  const skip = mira.page.getByRole('link', { name: 'Skip to the conversation' });
  await expect(skip).toBeFocused();
  await mira.page.keyboard.press('Enter');
  await expect(mira.page.locator('main')).toBeFocused();
});

test('the whole app speaks Bengali, by the browser and by choice', async ({ person }) => {
  const mira = await person('Mira', { locale: 'bn-BD' });
  await mira.page.goto('/rooms/general');
  await expect(mira.page.locator('html')).toHaveAttribute('lang', 'bn');
  await expect(mira.composer).toHaveAttribute('placeholder', 'বার্তা লিখুন');
  await mira.says('আজ চায়ের সঙ্গে কী আছে?');
  await mira.sees('আজ চায়ের সঙ্গে কী আছে?');
  const said = async () => (await mira.history()).map((message) => message.text);
  await expect.poll(said).toEqual(['আজ চায়ের সঙ্গে কী আছে?']);
  await mira.page.goto('/settings');
  await mira.page.getByRole('radio', { name: 'English' }).check({ force: true });
  await expect(mira.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await mira.page.reload();
  await expect(mira.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('who wants no motion sees none', async ({ person }) => {
  const mira = await person('Mira', { reducedMotion: 'reduce' });
  const rahul = await person('Rahul');
  await mira.enters();
  await rahul.enters();
  await rahul.composer.pressSequentially('Hm');
  await expect(mira.page.getByText('Rahul is typing…').first()).toBeVisible();
  const running = await mira.page.evaluate(() =>
    document
      .getAnimations()
      .filter(
        (it) => it.playState === 'running' && Number(it.effect?.getComputedTiming().duration) > 50,
      )
      .map((it) => (it.effect as KeyframeEffect).target?.outerHTML.slice(0, 120)),
  );
  expect(running).toEqual([]);
});

test('the colours can be chosen against those of the system', async ({ person }) => {
  const mira = await person('Mira', { colorScheme: 'light' });
  await mira.page.goto('/settings');
  const paper = () =>
    mira.page.evaluate(
      () => getComputedStyle(document.getElementById('main') ?? document.body).backgroundColor,
    );
  await expect(mira.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  const light = await paper();
  await mira.page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect.poll(paper).not.toBe(light);
  await mira.page.reload();
  await expect.poll(paper).not.toBe(light);
});
