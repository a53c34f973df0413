import { deflateSync } from 'node:zlib';

import { expect, type Person, test } from '../support/journey';

/** A square picture of one colour, as PNG. */
function picture([red, green, blue]: readonly [number, number, number], side = 64): Buffer {
  const crcOf = (bytes: Buffer) => {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  };
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [size, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    crc.writeUInt32BE(crcOf(body));
    return Buffer.concat([size, body, crc]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.from([0, ...Array.from({ length: side }, () => [red, green, blue]).flat()]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

/** Opens the private conversation with somebody, by its address. */
async function writesTo(person: Person, other: Person): Promise<string> {
  const { items } = await person.asks<{ items: { id: number }[] }>(
    'GET',
    `/users?q=${other.username}`,
  );
  const room = await person.asks<{ name: string }>('PUT', `/users/${items[0]?.id}/private-room`);
  return room.name;
}

test('a picture is chosen, and everybody sees it at once', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await mira.writes('Good afternoon');
  await rahul.sees('Good afternoon');
  const face = rahul.log.locator('.beside .avatar img');
  await expect(face).toHaveCount(0);

  await mira.page.goto('/settings');
  const file = { name: 'me.png', mimeType: 'image/png', buffer: picture([20, 120, 40]) };
  await mira.page.getByLabel('A picture of you').setInputFiles(file);
  await expect(mira.page.getByRole('button', { name: 'Another picture' })).toBeVisible();
  await expect(face).toBeVisible();
  const width = () => face.evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBe(64);

  // What a camera makes is made small.
  const large = { ...file, buffer: picture([200, 20, 20], 5000) };
  const sent = mira.page.waitForRequest((request) => request.method() === 'PUT');
  const before = await face.getAttribute('src');
  await mira.page.getByLabel('A picture of you').setInputFiles(large);
  await sent;
  await expect.poll(() => face.getAttribute('src')).not.toBe(before);
  await expect.poll(width).toBe(320);
  await expect(mira.page.getByRole('alert')).toHaveCount(0);

  const text = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('hello') };
  mira.expects(/400/);
  await mira.page.getByLabel('A picture of you').setInputFiles(text);
  await expect(mira.page.getByRole('alert')).toContainText('picture');
  await mira.page.getByRole('button', { name: 'Remove it' }).click();
  await expect(mira.page.getByRole('button', { name: 'Choose a picture' })).toBeVisible();
  await expect(face).toHaveCount(0);
});

test('who does not show when they are here is not shown it of others', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const name = await writesTo(mira, rahul);
  for (const who of [mira, rahul]) {
    await who.page.goto(`/rooms/${name}`);
    await who.says('Tea?');
  }
  const here = (who: Person) => who.page.locator('main header');
  const [hers, his] = [here(mira), here(rahul)];
  await expect(hers).toContainText('Here now');
  await expect(his).toContainText('Here now');

  const settings = await rahul.tab();
  await settings.page.goto('/settings');
  await settings.page.getByRole('switch', { name: 'Show when I am here' }).uncheck();
  await expect(hers).not.toContainText('Here now');
  await expect(hers).not.toContainText('Last seen');
  // On his other tab, without a reload.
  await expect(his).not.toContainText('Here now');
  await settings.page.getByRole('switch', { name: 'Show when I am here' }).check();
  await expect(hers).toContainText('Here now');
  await expect(his).toContainText('Here now');
});

test('who does not show what they have read is not shown it of others', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const name = await writesTo(mira, rahul);
  await rahul.page.goto('/settings');
  await rahul.page.getByRole('switch', { name: 'Show what I have read' }).uncheck();
  await mira.page.goto(`/rooms/${name}`);
  await mira.says('Tea?');
  await expect(mira.message('Tea?')).toBeVisible();
  await rahul.page.goto(`/rooms/${name}`);
  await rahul.page.bringToFront();
  await rahul.sees('Tea?');
  await rahul.says('With pleasure.');
  await mira.sees('With pleasure.');
  await mira.page.bringToFront();
  const tick = (who: Person, text: string) => who.message(text).getByRole('img', { name: 'Sent' });
  await expect(tick(mira, 'Tea?')).toBeVisible();
  await expect(tick(rahul, 'With pleasure.')).toBeVisible();
  // A later answer shows that nothing was on its way.
  await mira.says('Good.');
  await rahul.sees('Good.');
  await expect(tick(mira, 'Tea?')).toBeVisible();
  await expect(tick(rahul, 'With pleasure.')).toBeVisible();
});

test('somebody is mentioned with a few letters, and knows it on every device', async ({
  person,
  isMobile,
}) => {
  // Where the list of rooms stands and none of them is open.
  const list = isMobile ? '/' : '/settings';
  const [mira, rahul, tara] = [await person('Mira'), await person('Rahul'), await person('Tara')];
  await tara.page.goto(list);
  await rahul.page.goto(list);
  await expect(rahul.rooms).toBeVisible();
  await mira.enters();
  await mira.composer.pressSequentially('Lemon, @ra');
  const option = mira.page.getByRole('option', { name: 'Rahul' });
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await mira.page.keyboard.press('Enter');
  await expect(mira.composer).toHaveValue('Lemon, @rahul ');
  await mira.composer.pressSequentially('?');
  await mira.sends();
  await expect(mira.message('Lemon').locator('.mention')).toHaveText('@Rahul');

  const desk = await rahul.tab();
  await desk.page.goto(list);
  const item = (who: Person) => who.rooms.getByRole('link', { name: /General/ });
  for (const device of [rahul, desk]) await expect(item(device)).toContainText('1 names you');
  await expect(item(tara)).not.toContainText('names you');
  await rahul.enters();
  await rahul.page.bringToFront();
  await expect(rahul.message('Lemon').locator('.mention.me')).toBeVisible();
  await expect(item(desk)).not.toContainText('names you');
  await expect(item(desk)).not.toContainText('unread');
});
