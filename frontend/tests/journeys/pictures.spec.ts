import { readFile } from 'node:fs/promises';

import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/journey';
import { gives, painted, picks, seesPictures, trayOf } from '../support/pictures';

test('pictures are picked, pasted and dropped, and stand in one message with their caption', async ({
  person,
}) => {
  test.setTimeout(120_000);
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  const hill = await painted(mira.page, 'hill.png', [600, 900], '#27704a');
  const lake = await painted(mira.page, 'lake.jpg', [1_600, 700], '#0a6680');
  const tray = trayOf(mira).getByRole('listitem');
  await picks(mira, 'Pictures', [tea]);
  await expect(tray).toHaveCount(1);
  await gives(mira, 'paste', [hill]);
  await expect(tray).toHaveCount(2);
  await gives(mira, 'drop', [lake, tea]);
  await expect(tray).toHaveCount(4);
  await trayOf(mira).getByRole('button', { name: 'Take tea.jpg out' }).last().click();
  await expect(tray).toHaveCount(3);
  await mira.says('Three of today');
  await seesPictures(mira, 3);
  await seesPictures(rahul, 3);
  await expect(rahul.log.locator('.album')).toHaveCount(1);
  await rahul.sees('Three of today');
  const [message] = await mira.history();
  expect(message?.images.map(({ name }) => name)).toEqual(['tea.jpg', 'hill.png', 'lake.jpg']);
  await expectAccessible(rahul);
  // What is sent without a word is told of by what it is.
  await rahul.page.goto('/people');
  await picks(mira, 'Pictures', [tea]);
  await expect(tray).toHaveCount(1);
  await mira.sends();
  const room = rahul.page.locator('a[href="/rooms/general"]').first();
  if (await room.isVisible()) await expect(room).toContainText('Mira: Photo');
  await seesPictures(mira, 4);
});

test('a picture on its way stands where the sent one will, and nothing moves', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await mira.page.route('**/api/v1/media', async (route) => {
    await held;
    await route.continue();
  });
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.says('The stall');
  await expect(mira.log.getByRole('progressbar')).toHaveCount(1);
  await expectAccessible(mira);
  const album = mira.log.locator('.album');
  const before = await album.boundingBox();
  go();
  await seesPictures(mira, 1);
  expect(await album.boundingBox()).toEqual(before);
});

test('pictures that are sent offline outlive the page, and are sent later', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/net::|Failed to load resource|WebSocket/);
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await mira.context.setOffline(true);
  await picks(mira, 'Pictures', [tea, tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(2);
  await mira.says('From the hills');
  await expect(mira.log.getByRole('progressbar')).toHaveCount(1);
  expect(await mira.history()).toEqual([]);
  await mira.context.setOffline(false);
  await seesPictures(mira, 2);
  await expect.poll(async () => (await mira.history())[0]?.images.length).toBe(2);
});

test('what was sent without a word gets one later', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await seesPictures(rahul, 1);
  const message = mira.log.locator('.message').filter({ has: mira.page.locator('.album') });
  await mira.doesWith(message, 'Add a caption');
  await expect(mira.composer).toHaveAccessibleName('Add a caption');
  await mira.says('The stall in the afternoon');
  await rahul.sees('The stall in the afternoon');
  await seesPictures(rahul, 1);
  // By keys the last message is changed, whatever it was at first.
  await mira.composer.press('ArrowUp');
  await expect(mira.composer).toHaveValue('The stall in the afternoon');
  await mira.says('The stall at noon');
  await rahul.sees('The stall at noon');
  await expect(rahul.log.locator('.album')).toHaveCount(1);
  // And it can do without them again.
  await mira.composer.press('ArrowUp');
  await mira.says('');
  await expect(rahul.log.getByText('The stall at noon')).toHaveCount(0);
  await seesPictures(rahul, 1);
  await expect(mira.composer).toHaveAccessibleName('Write to General');
});

test('an upload is cancelled, and the next picture is sent', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/net::|Failed to load resource/);
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await mira.page.route('**/api/v1/media', () => {});
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await mira.log.getByRole('button', { name: 'Cancel the upload' }).click();
  await expect(mira.log.locator('.album')).toHaveCount(0);
  await mira.page.unroute('**/api/v1/media');
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await seesPictures(mira, 1);
  expect(await mira.history()).toHaveLength(1);
});

test('a picture whose address has ended is fetched from a fresh one', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  await seesPictures(mira, 1);
  rahul.expects(/Failed to load resource/);
  // The first one is refused, as all are that have ended.
  let refused = 0;
  await rahul.page.route('**/media/**', (route) => {
    const isPicture = route.request().resourceType() === 'image';
    if (!isPicture || refused > 0) return route.continue();
    refused += 1;
    return route.fulfill({ status: 404 });
  });
  const asked = rahul.page.waitForRequest(/rooms\/general\/messages\/[0-9a-f-]{36}/);
  await rahul.enters();
  await asked;
  await seesPictures(rahul, 1);
  expect(refused).toBe(1);
});

test('a picture is looked at alone, closer, and the next after it', async ({ person }) => {
  test.setTimeout(120_000);
  const mira = await person('Mira');
  await mira.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  const hill = await painted(mira.page, 'hill.png', [600, 900], '#27704a');
  await picks(mira, 'Pictures', [tea, hill]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(2);
  await mira.says('Look');
  await seesPictures(mira, 2);
  await mira.log.getByRole('button', { name: /^tea.jpg/ }).click();
  const { keyboard } = mira.page;
  const dialog = mira.page.getByRole('dialog', { name: 'Pictures in General' });
  await expect(dialog.getByRole('img', { name: 'tea.jpg' })).toHaveClass(/loaded/);
  await expect(dialog).toContainText('1 of 2');
  await expect(dialog).toContainText('Look');
  await expectAccessible(mira);
  const picture = dialog.locator('.picture');
  const wide = async () => (await picture.boundingBox())?.width ?? 0;
  const whole = await wide();
  await keyboard.press('+');
  await expect.poll(wide).toBeGreaterThan(whole * 1.4);
  await keyboard.press('0');
  await expect.poll(wide).toBe(whole);
  const middle = await dialog.locator('.frame').boundingBox();
  if (!middle) throw new Error('There is no picture.');
  const [x, y] = [middle.x + middle.width / 2, middle.y + middle.height / 2];
  await mira.page.mouse.dblclick(x, y);
  await expect.poll(wide).toBeGreaterThan(whole * 2);
  await mira.page.mouse.dblclick(x, y);
  await expect.poll(wide).toBe(whole);
  await keyboard.press('ArrowRight');
  await expect(dialog.getByRole('img', { name: 'hill.png' })).toHaveClass(/loaded/);
  await expect(dialog).toContainText('2 of 2');
  // A swipe to where nothing more is leads nowhere, one back leads back.
  await mira.page.mouse.move(x, y);
  await mira.page.mouse.down();
  await mira.page.mouse.move(x + 120, y, { steps: 5 });
  await mira.page.mouse.up();
  await expect(dialog).toContainText('1 of 2');
  const loading = mira.page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  const loaded = await loading;
  expect(loaded.suggestedFilename()).toMatch(/^tea\.(jpg|webp|png)$/);
  expect((await readFile(await loaded.path())).length).toBeGreaterThan(500);
  await keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(mira.log.getByRole('button', { name: /^tea.jpg/ })).toBeFocused();
});

test('the pictures of a room are looked at to its first and its last, also what is not loaded', async ({
  person,
  isMobile,
}) => {
  test.setTimeout(120_000);
  const mira = await person('Mira');
  await mira.enters();
  const sends = async (name: string, colour: string) => {
    await picks(mira, 'Pictures', [await painted(mira.page, name, [300, 200], colour)]);
    await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
    await mira.sends();
    await expect.poll(async () => (await mira.history()).at(-1)?.images.length).toBe(1);
  };
  const talks = () => mira.writes(...Array.from({ length: 60 }, (_, at) => `Number ${at}.`));
  await sends('first.png', '#b4491d');
  await talks();
  await talks();
  await sends('second.png', '#27704a');
  await mira.page.reload();
  await mira.isThere();
  await mira.log.getByRole('button', { name: /^second.png/ }).click();
  const dialog = mira.page.getByRole('dialog', { name: 'Pictures in General' });
  await expect(dialog.getByRole('img', { name: 'second.png' })).toHaveClass(/loaded/);
  // One of the message alone: nothing is said of how many more there are.
  await expect(dialog.getByRole('status')).toHaveText('second.png');
  // On a phone fingers swipe.
  const way = (name: string) => dialog.getByRole('button', { name });
  if (!isMobile) await expect(way('Next picture')).toBeDisabled();
  await mira.page.keyboard.press('ArrowLeft');
  await expect(dialog.getByRole('img', { name: 'first.png' })).toHaveClass(/loaded/);
  await expectAccessible(mira);
  await mira.page.keyboard.press('ArrowLeft');
  if (!isMobile) await expect(way('Previous picture')).toBeDisabled();
  await mira.page.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('img', { name: 'second.png' })).toHaveClass(/loaded/);
});

test('a picture that is deleted while somebody looks at it closes, and says so', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.says('Look');
  await seesPictures(rahul, 1);
  await rahul.log.getByRole('button', { name: /^tea.jpg/ }).click();
  const dialog = rahul.page.getByRole('dialog', { name: 'Pictures in General' });
  await expect(dialog.getByRole('img', { name: 'tea.jpg' })).toHaveClass(/loaded/);
  const [message] = await mira.history();
  await mira.asks('DELETE', `/rooms/general/messages/${message?.id}`);
  await expect(dialog).toHaveCount(0);
  await expect(rahul.page.getByText('This picture is not there any more.')).toBeVisible();
  await expect(rahul.page.getByRole('main')).toBeFocused();
});

test('the caption of a picture is changed, and a deleted one is gone for everybody', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  const tea = await painted(mira.page, 'tea.jpg', [1_200, 900], '#b4491d');
  await picks(mira, 'Pictures', [tea]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.says('Before');
  await seesPictures(rahul, 1);
  await mira.does('Edit', 'Before');
  await mira.says('After');
  await rahul.sees('After');
  await seesPictures(rahul, 1);
  await mira.does('Delete', 'After');
  await mira.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(rahul.log.locator('.album')).toHaveCount(0);
  await rahul.sees('This message was deleted.');
});

test('what moves stands still for whoever wants that, until they play it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul', { reducedMotion: 'reduce' })];
  await mira.enters();
  await rahul.enters();
  const buffer = await readFile('../server/tests/pictures/animated.gif');
  const dance = { name: 'dance.gif', mimeType: 'image/gif', buffer };
  await picks(mira, 'Pictures', [dance]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  await mira.sends();
  const shown = (one: typeof mira) => one.log.getByRole('img', { name: 'dance.gif' });
  await seesPictures(mira, 1);
  await expect(shown(mira)).toHaveAttribute('src', /\.(gif|webp)\?/);
  await seesPictures(rahul, 1);
  await expect(shown(rahul)).toHaveAttribute('src', /\.png\?/);
  await rahul.log.getByRole('button', { name: /^dance.gif/ }).press('Enter');
  const dialog = rahul.page.getByRole('dialog', { name: 'Pictures in General' });
  const large = dialog.getByRole('img', { name: 'dance.gif' });
  await expect(large).toHaveAttribute('src', /\.png\?/);
  await dialog.getByRole('button', { name: 'Play the animation' }).click();
  await expect(large).toHaveAttribute('src', /\.(gif|webp)\?/);
  await rahul.page.keyboard.press('Escape');
  await rahul.log.getByRole('button', { name: 'Play the animation' }).click();
  await expect(shown(rahul)).toHaveAttribute('src', /\.(gif|webp)\?/);
  await seesPictures(rahul, 1);
  // One of their own neither, before and while it is sent: its first frame is drawn.
  const sent = rahul.page.waitForRequest('**/api/v1/media');
  await rahul.page.route('**/api/v1/media', () => {});
  await picks(rahul, 'Pictures', [dance]);
  await expect(trayOf(rahul).getByRole('img', { name: 'dance.gif' })).toBeVisible();
  await expect(trayOf(rahul).locator('img')).toHaveCount(0);
  await rahul.sends();
  await sent;
  const frames = rahul.log.locator('.album canvas');
  await expect(frames).toHaveCount(1);
  expect(await frames.evaluate((it) => (it as HTMLCanvasElement).width)).toBeGreaterThan(1);
});
