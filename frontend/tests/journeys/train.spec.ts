import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

import { NO_SERVER, expect, test as base, type Person } from '../support/journey';
import { Line } from '../support/line';
import { type Painted, picks, seesPictures, trayOf } from '../support/pictures';
import { Server } from '../support/server';

/** The people of these journeys sit in a train. */
const test = base.extend<{ line: Line }>({
  line: async ({}, use) => {
    const line = await Line.open();
    await use(line);
    await line.close();
  },

  server: async ({ line, settings }, use) => {
    const server = await Server.start({ ...settings, ADDA_PUBLIC_URL: line.origin }, line.port);
    await use(server);
    await server.close();
  },
});

/** A picture of which nothing can be made smaller: 20 MB. */
function large(): Painted {
  const [width, height] = [2_600, 2_560];
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let at = 0; at < rows.length; at += width * 3 + 1) {
    randomBytes(width * 3).copy(rows, at + 1);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8);
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name: 'hills.png', mimeType: 'image/png', buffer };
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Sends the picture into a tunnel, half way. */
async function sendsIntoTunnel(mira: Person, line: Line, picture: Painted): Promise<void> {
  mira.expects(NO_SERVER);
  await mira.enters();
  await picks(mira, 'Pictures', [picture]);
  await expect(trayOf(mira).getByRole('listitem')).toHaveCount(1);
  line.sent = 0;
  const cut = line.cutAfter(picture.buffer.length / 2);
  await mira.says('Out of the window');
  await cut;
  await expect(mira.log.getByRole('progressbar')).toHaveCount(1);
}

/** It stands there once, and little of it was sent twice. */
async function hasArrived(mira: Person, line: Line, picture: Painted): Promise<void> {
  await seesPictures(mira, 1);
  const history = await mira.history();
  expect(history.map(({ text, images }) => [text, images.length])).toEqual([
    ['Out of the window', 1],
  ]);
  expect(line.sent).toBeGreaterThan(picture.buffer.length);
  expect(line.sent).toBeLessThan(picture.buffer.length * 1.1);
}

test('a large picture goes on where it stopped when the train leaves the tunnel', async ({
  person,
  line,
}) => {
  const mira = await person('Mira', { origin: line.origin });
  const picture = large();
  await sendsIntoTunnel(mira, line, picture);
  line.mend();
  await hasArrived(mira, line, picture);
});

test('and when the page was loaded anew in between', async ({ person, line }) => {
  const mira = await person('Mira', { origin: line.origin });
  const picture = large();
  await sendsIntoTunnel(mira, line, picture);
  line.mend();
  await mira.enters();
  await hasArrived(mira, line, picture);
});

test('one that is cancelled in the tunnel is cancelled on the server too', async ({
  person,
  line,
}) => {
  const mira = await person('Mira', { origin: line.origin });
  await sendsIntoTunnel(mira, line, large());
  line.mend();
  const cancelled = mira.page.waitForResponse(
    (response) => response.request().method() === 'DELETE' && response.status() === 204,
  );
  await mira.log.getByRole('button', { name: 'Cancel the upload' }).click();
  await cancelled;
  await expect(mira.log.locator('.album')).toHaveCount(0);
  expect(await mira.history()).toEqual([]);
});
