// The ways in, and what is said where something is refused.
import { expect, PASSWORD, type Person, test } from '../support/journey';

const heading = ({ page }: Person) => page.getByRole('heading', { level: 1 });
const field = ({ page }: Person, name: string) => page.locator(`main input[name="${name}"]`);
const submit = ({ page }: Person) => page.locator('main form [type="submit"]');

/** Names of the API, and its way to write them. */
const TECHNICAL = /`|[a-z]+_[a-z]+|\bfield\b|\binput\b/i;

/** What is refused stands beside its field, which has the focus, and names nothing of the API. */
async function isToldAt(person: Person, name: string, what: RegExp): Promise<void> {
  const wrong = field(person, name);
  await expect(wrong).toHaveAttribute('aria-invalid', 'true');
  await expect(wrong).toHaveAccessibleDescription(what);
  await expect(wrong).toBeFocused();
  await expect(person.page.locator('[aria-invalid]')).toHaveCount(1);
  await expect(person.page.getByRole('alert')).toHaveCount(0);
  expect(await person.page.locator('.problem').innerText()).not.toMatch(TECHNICAL);
}

test('who was never here is asked to create an account, who was is welcomed back', async ({
  stranger,
}) => {
  const mira = await stranger('Mira');
  // What was being asked for when the session ended.
  mira.expects(/401/);
  await mira.page.goto('/');
  await expect(heading(mira)).toHaveText('Create account');
  await mira.page.getByRole('link', { name: 'Sign in' }).click();
  await expect(heading(mira)).toHaveText('Welcome back');
  await mira.signUp('/');
  await mira.page.goto('/settings');
  await mira.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(heading(mira)).toHaveText('Welcome back');
  await mira.page.goto('/');
  await expect(heading(mira)).toHaveText('Welcome back');
});

test('who was sent a link creates an account and is where it leads', async ({
  person,
  stranger,
}) => {
  await (await person('Mira')).asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  const rahul = await stranger('Rahul');
  await rahul.page.goto('/rooms/tea');
  await expect(heading(rahul)).toHaveText('Create account');
  await field(rahul, 'username').fill('rahul');
  await field(rahul, 'password').fill(PASSWORD);
  await submit(rahul).click();
  await expect(rahul.page).toHaveURL(/\/rooms\/tea$/);
});

for (const { locale, said } of [
  {
    locale: 'en-GB',
    said: {
      required: /^Required$/,
      username: /^Use 2 to 32/,
      taken: /taken/,
      short: /^The password must be 8/,
      guessed: /guess/,
      long: /^Your name must be 1 to 64/,
      wrong: /wrong/,
      current: /not your current/,
      address: /begin with a letter/,
      title: /^The title must be 1 to 80/,
    },
  },
  {
    locale: 'bn-BD',
    said: {
      required: /আবশ্যক/,
      username: /২ থেকে ৩২টি/,
      taken: /আগেই নেওয়া/,
      short: /৮ থেকে ১২৮টি/,
      guessed: /আন্দাজ/,
      long: /১ থেকে ৬৪টি/,
      wrong: /ভুল/,
      current: /ঠিক নয়/,
      address: /দিয়ে শুরু/,
      title: /শিরোনাম/,
    },
  },
]) {
  test(`what is refused is told beside its field: ${locale}`, async ({ stranger, person }) => {
    test.setTimeout(120_000);
    const rahul = await person('Rahul', { locale });
    const mira = await stranger('Mira', { locale });
    for (const one of [mira, rahul]) one.expects(/status of 4\d\d/);

    await mira.page.goto('/sign-up');
    const signsUp = async (given: Record<string, string>) => {
      const all = { display_name: '', username: 'mira', password: PASSWORD, ...given };
      for (const [name, text] of Object.entries(all)) await field(mira, name).fill(text);
      await submit(mira).click();
    };
    await signsUp({ username: ' ' });
    await isToldAt(mira, 'username', said.required);
    await signsUp({ username: 'mira rahman' });
    await isToldAt(mira, 'username', said.username);
    await signsUp({ username: 'rahul' });
    await isToldAt(mira, 'username', said.taken);
    await signsUp({ password: 'short' });
    await isToldAt(mira, 'password', said.short);
    await signsUp({ password: 'Adda2024!' });
    await isToldAt(mira, 'password', said.guessed);
    await signsUp({ display_name: 'M'.repeat(65) });
    await isToldAt(mira, 'display_name', said.long);

    await mira.page.goto('/sign-in');
    await field(mira, 'username').fill('rahul');
    await field(mira, 'password').fill('not the password');
    await submit(mira).click();
    await isToldAt(mira, 'password', said.wrong);

    await rahul.page.goto('/settings');
    await field(rahul, 'display_name').fill('R'.repeat(65));
    await field(rahul, 'display_name').press('Enter');
    await isToldAt(rahul, 'display_name', said.long);
    await rahul.page.reload();
    await field(rahul, 'current_password').fill('not the password');
    await field(rahul, 'new_password').fill('three cups of strong tea');
    await field(rahul, 'new_password').press('Enter');
    await isToldAt(rahul, 'current_password', said.current);
    await field(rahul, 'current_password').fill(PASSWORD);
    await field(rahul, 'new_password').fill('short');
    await field(rahul, 'new_password').press('Enter');
    await isToldAt(rahul, 'new_password', said.short);

    await rahul.page.goto('/directory');
    await rahul.page.locator('main button:has(path[d="M12 5v14M5 12h14"])').click();
    const dialog = rahul.page.getByRole('dialog');
    const makes = async (title: string, name: string) => {
      await dialog.locator('[name="title"]').fill(title);
      await dialog.locator('[name="name"]').fill(name);
      await dialog.locator('[type="submit"]').click();
    };
    const isTold = async (name: string, what: RegExp) => {
      const wrong = dialog.locator(`[name="${name}"]`);
      await expect(wrong).toHaveAccessibleDescription(what);
      await expect(wrong).toBeFocused();
      expect(await dialog.locator('.problem').innerText()).not.toMatch(TECHNICAL);
    };
    await makes('Tea', '-tea');
    await isTold('name', said.address);
    await makes('Tea', 'general');
    await isTold('name', said.taken);
    await makes('T'.repeat(81), 'tea');
    await isTold('title', said.title);
  });
}

/** A small window, a phone's browser with its bars, and what the keyboard leaves of it. */
for (const [width, height] of [
  [1280, 720],
  [390, 664],
  [390, 364],
] as const) {
  test(`with an error the button stays in sight at ${width} × ${height}`, async ({
    stranger,
    person,
  }) => {
    const mira = await stranger('Mira');
    mira.expects(/status of 4\d\d/);
    await mira.page.setViewportSize({ width, height });
    for (const path of ['/sign-up', '/setup#wrong']) {
      await mira.page.goto('about:blank');
      await mira.page.goto(path);
      await field(mira, 'username').fill('mira rahman');
      await field(mira, 'password').fill('short');
      await submit(mira).click();
      await expect(field(mira, 'username')).toBeFocused();
      await expect(field(mira, 'username')).toBeInViewport({ ratio: 1 });
      await expect(submit(mira)).toBeInViewport({ ratio: 1 });
      // Nothing lies over the field that has the focus.
      await field(mira, 'username').click({ trial: true });
    }
    // What concerns no field is in sight too.
    await field(mira, 'username').fill('mira');
    await field(mira, 'password').fill(PASSWORD);
    await submit(mira).click();
    await expect(mira.page.getByRole('alert')).toContainText('This link');
    await expect(mira.page.getByRole('alert')).toBeInViewport();
    await expect(submit(mira)).toBeInViewport({ ratio: 1 });

    const rahul = await person('Rahul');
    rahul.expects(/status of 4\d\d/);
    await rahul.page.setViewportSize({ width, height });
    await rahul.page.goto('/settings');
    await field(rahul, 'current_password').fill('not the password');
    await field(rahul, 'new_password').fill('short');
    await field(rahul, 'new_password').press('Enter');
    const wrong = rahul.page.locator('[aria-invalid]');
    await expect(wrong).toBeFocused();
    await expect(wrong).toBeInViewport({ ratio: 1 });
    const button = rahul.page.getByRole('button', { name: 'Change password' });
    await expect(button).toBeInViewport({ ratio: 1 });
  });
}

test('no face is fetched for the name and the list of languages', async ({ stranger }) => {
  const mira = await stranger('Mira');
  const fonts: string[] = [];
  mira.page.on('request', (request) => {
    if (request.resourceType() === 'font') fonts.push(request.url());
  });
  for (const path of ['/sign-up', '/sign-in']) {
    await mira.page.goto(path);
    await expect(mira.page.getByRole('button', { name: 'বাংলা' })).toBeVisible();
  }
  await mira.signUp();
  await mira.page.goto('/settings');
  await expect(mira.page.getByRole('radio', { name: 'বাংলা' })).toBeAttached();
  await mira.enters();
  await mira.says('Family 👨‍👩‍👧 and friends');
  await mira.sees('Family');
  await mira.page.evaluate(() => document.fonts.ready);
  expect(fonts).toEqual([]);
  // It is fetched where a text needs it.
  await mira.says('চা');
  await expect.poll(() => fonts.length).toBe(1);
});
