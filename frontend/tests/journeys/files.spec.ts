import { readFile } from 'node:fs/promises';

import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/journey';
import { gives, picks, trayOf, type Painted } from '../support/pictures';

const file = (name: string, text = `What ${name} says.`): Painted => ({
  name,
  mimeType: name.endsWith('.pdf') ? 'application/pdf' : 'text/plain',
  buffer: Buffer.from(text),
});

test('files are picked, taken out again, sent with words, and downloaded by the other', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  const long = 'The accounts of the tea stall for the whole year 2026.pdf';
  await picks(mira, 'Files', [file(long), file('list.txt'), file('wrong.txt')]);
  const tray = trayOf(mira);
  await expect(tray.getByRole('listitem')).toHaveCount(3);
  await expectAccessible(mira);
  await tray.getByRole('button', { name: 'Take wrong.txt out' }).focus();
  await mira.page.keyboard.press('Delete');
  await expect(tray.getByRole('listitem')).toHaveCount(2);
  await expect(tray.getByRole('button', { name: 'Take list.txt out' })).toBeFocused();
  await mira.says('The accounts');
  await expect(tray).toHaveCount(0);
  const message = rahul.message('The accounts');
  await expect(message.locator('a.file')).toHaveCount(2);
  await expectAccessible(rahul);
  const loading = rahul.page.waitForEvent('download');
  await message.locator('a.file').nth(1).click();
  const loaded = await loading;
  expect(loaded.suggestedFilename()).toBe('list.txt');
  expect(await readFile(await loaded.path(), 'utf8')).toBe('What list.txt says.');
  const room = rahul.page.locator('a[href="/rooms/general"]').first();
  await picks(mira, 'Files', [file('menu.pdf')]);
  await expect(tray.getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await expect(rahul.log.locator('a.file')).toHaveCount(3);
  if (await room.isVisible()) await expect(room).toContainText('Mira: menu.pdf');
});

test('what is too much, too large or empty is said at once, and nothing of it is sent', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  const twelve = Array.from({ length: 12 }, (_, at) => file(`${at}.txt`));
  await picks(mira, 'Files', twelve);
  await expect(mira.page.getByText('A message carries at most 10')).toBeVisible();
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(10);
  await mira.page.reload();
  await mira.isThere();
  await gives(mira, 'drop', [file('nothing.txt', '')]);
  await expect(mira.page.getByText('“nothing.txt” is empty')).toBeVisible();
  await expect(trayOf(mira)).toHaveCount(0);
  expect(await mira.history()).toEqual([]);
});

test.describe('where one may have little', () => {
  test.use({ settings: { ADDA_MEDIA_QUOTA_MB: '1' } });

  test('what does not fit is said before anything is sent, and how much one uses', async ({
    person,
  }) => {
    const mira = await person('Mira');
    await mira.enters();
    const uploads: string[] = [];
    mira.page.on('request', (request) => {
      if (request.method() === 'POST') uploads.push(request.url());
    });
    const large = (name: string, bytes: number) => file(name, 'x'.repeat(bytes));
    const tray = trayOf(mira).getByRole('listitem');
    await picks(mira, 'Files', [large('first.txt', 700_000), large('second.txt', 500_000)]);
    const said = mira.page.getByText(
      '“second.txt” (488.3 kB) does not fit: you use 0 bytes of the 1 MB',
    );
    await expect(said).toBeVisible();
    await expect(tray).toHaveCount(1);
    await mira.says('It fits');
    await expect(mira.message('It fits').locator('a.file')).toHaveCount(1);
    await picks(mira, 'Files', [large('second.txt', 500_000)]);
    await expect(mira.page.getByText('you use 683.6 kB of the 1 MB')).toBeVisible();
    await expect(tray).toHaveCount(0);
    expect(uploads.filter((url) => url.endsWith('/media'))).toHaveLength(1);
    // Whoever does not wait for the answer hears it all the same, and keeps what they wrote.
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await mira.page.route('**/api/v1/media/usage', async (route) => {
      await held;
      await route.continue();
    });
    await picks(mira, 'Files', [large('third.txt', 500_000)]);
    await mira.composer.fill('Look');
    await mira.sends();
    await expect(mira.composer).toHaveValue('');
    await mira.composer.fill('at this');
    answer();
    await expect(mira.page.getByText('“third.txt” (488.3 kB) does not fit')).toBeVisible();
    await expect(mira.composer).toHaveValue('Look\nat this');
    expect(await mira.history()).toHaveLength(1);
    await mira.page.goto('/settings');
    const space = mira.page.getByRole('meter', { name: 'Space' });
    await expect(space).toHaveAttribute('aria-valuetext', '683.6 kB of 1 MB');
    await expectAccessible(mira);
  });
});

test.describe('where all people together may have little', () => {
  test.use({ settings: { ADDA_MEDIA_TOTAL_MB: '1' } });

  test('what the server has no space for is said before anything is sent', async ({ person }) => {
    const mira = await person('Mira');
    await mira.enters();
    await picks(mira, 'Files', [file('large.txt', 'x'.repeat(1_200_000))]);
    await expect(
      mira.page.getByText('“large.txt” (1.1 MB) does not fit: this server'),
    ).toBeVisible();
    await expect(trayOf(mira)).toHaveCount(0);
  });
});

test('what is written after Enter is no part of the caption', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await mira.page.route('**/api/v1/media/usage', async (route) => {
    await held;
    await route.continue();
  });
  await picks(mira, 'Files', [file('a.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.composer.fill('Look');
  await mira.sends();
  await mira.composer.pressSequentially('and then');
  answer();
  await expect(mira.message('Look').locator('a.file')).toHaveCount(1);
  await expect(mira.composer).toHaveValue('and then');
});

test('what is dropped anywhere goes to the conversation, which says so before', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await gives(mira, 'dragover', [file('a.txt')]);
  await expect(mira.page.getByText('Drop here to send to General')).toBeVisible();
  await gives(mira, 'drop', [file('a.txt')]);
  await expect(mira.page.getByText('Drop here to send to General')).toHaveCount(0);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  // Also after something of the page's own was dragged that is gone since, so that its drag never ended.
  await mira.page.evaluate(() =>
    document.body.dispatchEvent(new DragEvent('dragstart', { bubbles: true })),
  );
  await mira.composer.click();
  await gives(mira, 'dragover', [file('b.txt')]);
  await expect(mira.page.getByText('Drop here to send to General')).toBeVisible();
  await gives(mira, 'drop', [file('b.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(2);
  // Whoever looks elsewhere meanwhile finds it again.
  await mira.page.evaluate(() => history.pushState(null, '', '/people'));
  await mira.page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  await expect(mira.composer).toHaveCount(0);
  await mira.page.goBack();
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(2);
});

test('what is dropped while a message is changed is shown, and goes with the next one', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('Tee');
  await mira.does('Edit', 'Tee');
  await gives(mira, 'drop', [file('a.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await expect(mira.page.getByText('Goes with your next message')).toBeVisible();
  await mira.page.getByRole('textbox', { name: 'Editing your message' }).fill('Tea');
  await mira.sends();
  await expect(mira.message('Tea')).toBeVisible();
  await mira.says('With a file');
  await expect(mira.message('With a file').locator('a.file')).toHaveCount(1);
});

test('what is sent while the space for a file is asked for follows it', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await mira.page.route('**/api/v1/media/usage', async (route) => {
    await asked;
    await route.continue();
  });
  await picks(mira, 'Files', [file('a.txt')]);
  await mira.says('With a file');
  await mira.says('and behind it');
  await expect(mira.composer).toHaveValue('');
  answer();
  await expect(mira.message('With a file').locator('a.file')).toHaveCount(1);
  await mira.sees('and behind it');
  await expect
    .poll(async () => (await mira.history()).map(({ text }) => text))
    .toEqual(expect.arrayContaining(['With a file', 'and behind it']));
});

test('files that are sent offline outlive the page, and are sent once there is a way', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/net::|Failed to load resource|WebSocket/);
  await mira.page.route('**/api/v1/media', (route) => route.abort());
  await picks(mira, 'Files', [file('a.txt'), file('b.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(2);
  await mira.says('With two files');
  await mira.says('and what is written after it does not wait');
  await expect(mira.log.getByRole('progressbar')).toHaveCount(1);
  await expect.poll(async () => (await mira.history()).length).toBe(1);
  await mira.page.reload();
  await mira.isThere();
  await expect(mira.log.locator('.file')).toHaveCount(2);
  await expect(mira.log.getByRole('progressbar')).toHaveCount(1);
  await mira.page.unroute('**/api/v1/media');
  await expect(mira.log.locator('a.file')).toHaveCount(2, { timeout: 30_000 });
  const sent = (await mira.history()).filter(({ files }) => files.length > 0);
  expect(sent.map(({ files }) => files.map(({ name }) => name))).toEqual([['a.txt', 'b.txt']]);
});

test('an upload is cancelled, and nothing of it is sent', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/net::|Failed to load resource/);
  // It is on its way for as long as the test likes.
  await mira.page.route('**/api/v1/media', () => {});
  await picks(mira, 'Files', [file('a.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await mira.log.getByRole('button', { name: 'Cancel the upload' }).click();
  await expect(mira.log.locator('.file')).toHaveCount(0);
  await mira.says('Something else');
  await mira.sees('Something else');
  await expect.poll(async () => (await mira.history()).length).toBe(1);
});

test('what the server refuses is said with its words, and can be tried again', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/Failed to load resource/);
  const detail = 'You have as much on this server as you may.';
  let isFull = true;
  await mira.page.route('**/api/v1/media', (route) =>
    isFull
      ? route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'quota_exceeded', status: 409, detail }),
        })
      : route.continue(),
  );
  await picks(mira, 'Files', [file('a.txt')]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await expect(mira.log.getByText(detail)).toBeVisible();
  isFull = false;
  await mira.log.getByRole('button', { name: 'Try again' }).click();
  await expect(mira.log.locator('a.file')).toHaveCount(1);
});
