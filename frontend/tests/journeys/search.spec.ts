import type { Locator } from '@playwright/test';

import { expectAccessible } from '../support/axe';
import { expect, type Person, test } from '../support/journey';

/** The emoji before the words are several characters each, and more halves of a string. */
const TALK = [
  'Lemon tea at five?',
  '👩‍👩‍👧👍🏽 the Tea is served',
  'লেবু চা নিয়ে আসছি',
  '今天喝茶吗？',
  'See https://example.org/tea/menu for more',
  'Good morning everybody',
];

const field = ({ page }: Person) =>
  page.getByRole('combobox', { name: 'What you are looking for' });
const results = ({ page }: Person) =>
  page.getByRole('group', { name: 'Messages' }).getByRole('option');
const marks = (within: Locator) => within.locator('mark');
const bar = ({ page }: Person) =>
  page.getByRole('toolbar', { name: 'Search results in this room' });

/** The search of the room that is open, by whichever way there is. */
async function searchesHere(person: Person, isMobile: boolean): Promise<void> {
  const { page } = person;
  if (isMobile) await page.locator('main').getByRole('button', { name: 'Search messages' }).click();
  else await page.keyboard.press('Control+f');
  await expect(field(person)).toBeFocused();
}

async function searchesEverywhere(person: Person): Promise<void> {
  await person.rooms.getByRole('button', { name: 'Search messages' }).click();
  await expect(field(person)).toBeFocused();
}

/** A second room with something in it. */
async function makeTeaRoom(host: Person, guest: Person): Promise<void> {
  await host.asks('POST', '/rooms', { name: 'tea', title: 'চায়ের ঘর' });
  await guest.asks('PUT', '/rooms/tea/membership');
  const text = 'The tea room has new cups';
  await host.asks('POST', '/rooms/tea/messages', { client_id: crypto.randomUUID(), text });
}

test('what was said in a room is found as one types, in every language, with what matches', async ({
  person,
  isMobile,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes(...TALK);
  await mira.enters();
  await searchesHere(mira, isMobile);
  await field(mira).pressSequentially('tea');
  await expect(results(mira)).toHaveCount(3);
  await expect(results(mira).first()).toContainText('See https://example.org/tea/menu');
  await expect(marks(results(mira).nth(1))).toHaveText(['Tea']);
  await expect(mira.page.getByText('3 messages found')).toBeAttached();
  for (const [typed, found] of [
    ['চা', 'চা'],
    ['喝茶', '喝茶'],
    ['লেবু নি', 'লেবু'],
    ['LEMON five', 'Lemon'],
  ] as const) {
    await field(mira).fill(typed);
    await expect(results(mira)).toHaveCount(1);
    await expect(marks(results(mira)).first()).toHaveText(found);
  }
  // Deleted while it is shown, it is no hit any more.
  const gone = (await rahul.history()).find((message) => message.text?.startsWith('Lemon'));
  await rahul.asks('DELETE', `/rooms/general/messages/${gone?.id}`);
  await expect(results(mira)).toHaveCount(0);
  await field(mira).fill('coffee');
  await expect(mira.page.getByText('Nothing was found.').first()).toBeVisible();
  await expect(results(mira)).toHaveCount(0);
});

test('filters are typed, chosen and taken out again', async ({ person, isMobile }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes(...TALK, '@mira have you seen the teapot?');
  await mira.writes('My own tea');
  await mira.enters();
  await searchesHere(mira, isMobile);
  const { page } = mira;
  const chip = (name: string) => page.getByRole('button', { name: `Remove the filter: ${name}` });

  // An operator turns into a chip with the blank after it, and Backspace takes it out.
  await field(mira).pressSequentially('from:rahul tea');
  await expect(chip('From Rahul')).toBeVisible();
  await expect(results(mira)).toHaveCount(4);
  await field(mira).fill('');
  await field(mira).press('Backspace');
  await expect(chip('From Rahul')).toHaveCount(0);
  await expect(field(mira)).toBeFocused();

  // Who is meant is offered while it is typed.
  await field(mira).pressSequentially('from:ra');
  await expect(page.getByRole('option', { name: /From Rahul/ })).toBeVisible();
  await field(mira).press('Enter');
  await expect(chip('From Rahul')).toBeVisible();
  await expect(field(mira)).toHaveValue('');

  // What it has, and whom it mentions, by a press; the keys reach the chips.
  await page.getByRole('button', { name: 'Links', exact: true }).click();
  await expect(results(mira)).toHaveCount(1);
  await expect(results(mira)).toContainText('https://example.org/tea/menu');
  await field(mira).press('ArrowLeft');
  await expect(chip('Links')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(chip('From Rahul')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(chip('Links')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(chip('Links')).toHaveCount(0);
  await expect(field(mira)).toBeFocused();
  await page.getByRole('button', { name: 'Mentions you' }).click();
  await expect(results(mira)).toHaveCount(1);
  await expect(results(mira)).toContainText('teapot');
  await chip('Mentions you').click();

  // And when: nothing here is older than today.
  await page.getByRole('button', { name: 'Before…' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await field(mira).pressSequentially('tea');
  await expect(page.getByText('Nothing was found.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Search without filters' }).click();
  await expect(results(mira)).toHaveCount(5);
});

test('a hit is opened with what surrounds it, and leads to the next and the one before', async ({
  person,
  isMobile,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const texts = Array.from({ length: 130 }, (_, at) =>
    at % 2 === 0 ? `Cup ${at} of tea` : `Nothing to see, ${at}`,
  );
  await rahul.writes(...texts);
  await mira.asks('PUT', '/rooms/general/read', { seq: 131 });
  await mira.enters();
  await searchesHere(mira, isMobile);
  await field(mira).fill('cup of tea');
  await expect(results(mira).first()).toContainText('Cup 128 of tea');
  // So far down that another page is needed.
  await results(mira).last().scrollIntoViewIfNeeded();
  await expect(results(mira)).not.toHaveCount(20);
  await results(mira).filter({ hasText: 'Cup 86 ' }).click();
  const shown = (number: number) =>
    expect(mira.log.locator('.highlighted').filter({ hasText: `Cup ${number} ` })).toBeInViewport();
  await shown(86);
  await expect(marks(mira.message('Cup 86 of tea'))).toHaveText(['Cup', 'of', 'tea']);
  await expect(marks(mira.message('Nothing to see, 87'))).toHaveCount(0);
  await expect(bar(mira)).toContainText(/22 of \d+\+/);
  await expect(mira.page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  if (!isMobile) {
    // The results stay beside it.
    await expect(results(mira).first()).toBeVisible();
    await expect(field(mira)).toBeFocused();
    await field(mira).press('Enter');
    await shown(84);
    await field(mira).press('Shift+Enter');
    await shown(86);
    await mira.page.keyboard.press('F3');
    await shown(84);
  } else {
    const next = bar(mira).getByRole('button', { name: /^Next result/ });
    await expect(next).toBeFocused();
    await next.press('Enter');
    await shown(84);
    await next.press('Shift+Enter');
    await shown(86);
    await next.click();
    await shown(84);
  }
  await expect(bar(mira)).toContainText('23 of');
  await bar(mira).getByRole('button', { name: 'End the search' }).click();
  await expect(bar(mira)).toHaveCount(0);
  await expect(marks(mira.log)).toHaveCount(0);
  await shown(84);
  await mira.page.getByRole('button', { name: 'To the latest' }).click();
  await mira.sees('Nothing to see, 129');
});

test('matches are marked within links, beside emoji, and in the names of files', async ({
  person,
  isMobile,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await rahul.page
    .locator('.composer input[type="file"]')
    .last()
    .setInputFiles({
      name: 'the tea list of our house, as it was in spring.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('darjeeling'),
    });
  await rahul.says('Here it is');
  await rahul.sees('Here it is');
  await rahul.writes(...TALK, '@mira likes tea');
  await mira.enters();
  await searchesHere(mira, isMobile);
  await field(mira).fill('tea');
  await expect(results(mira)).toHaveCount(5);
  await expect(marks(results(mira).filter({ hasText: 'Here it is' }))).toHaveText('tea');
  await results(mira).filter({ hasText: 'served' }).click();
  await expect(marks(mira.message('the Tea is served'))).toHaveText('Tea');
  await expect(marks(mira.message('example.org').getByRole('link'))).toHaveText('tea');
  await expect(marks(mira.message('likes tea'))).toHaveText('tea');
  await expect(marks(mira.message('Here it is'))).toHaveText('tea');
});

test('everywhere finds messages, people and rooms, and opens them', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes(...TALK);
  await makeTeaRoom(rahul, mira);
  // What is said elsewhere is nobody's but theirs.
  await rahul.asks('POST', '/rooms', { name: 'secret', title: 'Elsewhere' });
  const text = 'tea that Mira cannot see';
  await rahul.asks('POST', '/rooms/secret/messages', { client_id: crypto.randomUUID(), text });
  const { page } = mira;
  await page.goto('/');
  await searchesEverywhere(mira);
  await field(mira).pressSequentially('tea');
  await expect(results(mira)).toHaveCount(4);
  await expect(results(mira).first()).toContainText('চায়ের ঘর');
  const along = page.getByRole('group', { name: 'Go to' });
  await expect(along.getByRole('option', { name: /চায়ের ঘর/ })).toBeVisible();
  await field(mira).fill('rahul');
  await expect(along.getByRole('option', { name: /Rahul/ })).toBeVisible();

  // The arrows lead to the messages, Enter opens.
  await field(mira).fill('new cups');
  await expect(results(mira)).toHaveCount(1);
  await field(mira).press('ArrowDown');
  await expect(results(mira).first()).toHaveAttribute('aria-selected', 'true');
  await field(mira).press('Enter');
  await expect(page.getByRole('heading', { name: 'চায়ের ঘর', level: 1 })).toBeVisible();
  await expect(marks(mira.message('new cups'))).toHaveText(['new', 'cups']);
  await expect(bar(mira)).toContainText('1 of 1');
  await expect(page).toHaveURL(/\/rooms\/tea\?at=\d+$/);
});

test('on a phone the search is a view with an address, and Back leads to it', async ({
  person,
  isMobile,
}) => {
  test.skip(!isMobile);
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes(...TALK);
  const { page } = mira;
  await page.goto('/');
  await searchesEverywhere(mira);
  await field(mira).pressSequentially('from:rahul tea');
  await expect(results(mira)).toHaveCount(3);
  await expect(page).toHaveURL('/search?q=from%3Arahul+tea');
  await expectAccessible(mira);
  await results(mira).last().click();
  await expect(marks(mira.message('Lemon tea at five'))).toHaveText('tea');
  await expectAccessible(mira);
  await page.goBack();
  await expect(results(mira)).toHaveCount(3);
  await expect(field(mira)).toHaveValue('tea');
  await page.reload();
  await expect(results(mira)).toHaveCount(3);
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(mira.rooms).toBeVisible();
});

test('what was searched for is remembered here, until one signs out', async ({
  person,
  isMobile,
}) => {
  const mira = await person('Mira');
  await mira.writes('Lemon tea at five?');
  const { page } = mira;
  await mira.enters();
  await searchesHere(mira, isMobile);
  await expect(page.getByText('Find anything that was said')).toBeVisible();
  await field(mira).fill('lemon');
  await results(mira).click();
  await mira.sees('Lemon tea at five?');
  await mira.enters();
  await searchesHere(mira, isMobile);
  const recent = page.getByRole('group', { name: 'Recent searches' });
  await expect(recent.getByRole('option')).toHaveText('lemon');
  await field(mira).press('ArrowDown');
  await field(mira).press('Enter');
  await expect(results(mira)).toHaveCount(1);
  // What the page is still loading when its session ends is refused.
  mira.expects(/status of 401/);
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await expect(page).toHaveURL(/sign-in/);
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter((it) => /searches/.test(it))))
    .toEqual([]);
});

test('what goes wrong is said, and goes on by itself', async ({ person, isMobile }) => {
  const mira = await person('Mira');
  await mira.writes('Lemon tea at five?');
  const { page } = mira;
  mira.expects(/status of (429|503)/);
  await mira.enters();
  await searchesHere(mira, isMobile);
  const refuse = (status: number, more: object) =>
    page.route(/\/search\?/, (route) =>
      route.fulfill({
        status,
        json: { type: 'about:blank', title: 'No', status, detail: 'Not now.', ...more },
      }),
    );
  await refuse(429, { code: 'rate_limited', retry_after_ms: 1_500 });
  await field(mira).fill('tea');
  await expect(page.getByText('That was a lot of searching.')).toBeVisible();
  await page.unroute(/\/search\?/);
  await expect(results(mira)).toHaveCount(1);
  await refuse(503, { code: 'unavailable' });
  await field(mira).fill('lemon');
  await expect(page.getByText('The search did not work.')).toBeVisible();
  await expectAccessible(mira);
  await page.unroute(/\/search\?/);
  // By the button, or a moment later without it.
  const again = page.getByRole('button', { name: 'Try again' });
  await again.click({ timeout: 500 }).catch(() => {});
  await expect(page.getByText('The search did not work.')).toHaveCount(0);
  await expect(results(mira)).toHaveCount(1);
});

test('the keys open it and give the focus back', async ({ person, isMobile }) => {
  test.skip(isMobile);
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes(...TALK);
  await mira.enters();
  const { page } = mira;
  await mira.composer.fill('half a thought');
  await searchesHere(mira, isMobile);
  await expectAccessible(mira);
  await field(mira).fill('tea');
  await expect(results(mira)).toHaveCount(3);
  await expectAccessible(mira);
  await mira.composer.focus();
  await page.keyboard.press('Control+f');
  await expect(field(mira)).toBeFocused();
  await field(mira).press('Enter');
  await expect(bar(mira)).toContainText('1 of 3');
  await expectAccessible(mira);
  await field(mira).press('Escape');
  await expect(field(mira)).toHaveCount(0);
  await expect(bar(mira)).toHaveCount(0);
  await expect(mira.composer).toBeFocused();
  await expect(mira.composer).toHaveValue('half a thought');

  // Where there is no space for both, the search makes room for what was found.
  await page.setViewportSize({ width: 900, height: 700 });
  await page.keyboard.press('Control+f');
  await field(mira).press('ArrowDown');
  await field(mira).press('Enter');
  await expect(field(mira)).toHaveCount(0);
  await expect(bar(mira).getByRole('button', { name: /^Next result/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(bar(mira)).toHaveCount(0);
});
