// What one browser hears through its microphone is what the other one plays: a tone, measured at both ends of
// the way.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fakeMicrophone } from '../../scripts/chromium.mjs';
import type { Message, ServerFrame } from '../../src/api/types';
import { expect, type Person, test } from '../support/journey';
import { loudest, readWav, toneFile, type Sound } from '../support/tone';

const HERTZ = 1_320;
/** What is louder is heard, in decibels. */
const AUDIBLE = -60;

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'adda-tone-'));
    const file = join(folder, 'tone.wav');
    await writeFile(file, toneFile(HERTZ, 10));
    const fake = [...fakeMicrophone, `--use-file-for-fake-audio-capture=${file}`];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...fake] });
    await rm(folder, { recursive: true });
  },
});

function expectTone(sound: Sound): void {
  const { hertz, share } = loudest(sound);
  expect(Math.abs(hertz - HERTZ), `${hertz} Hz`).toBeLessThan(HERTZ / 100);
  expect(share, 'how much of what is heard is the tone').toBeGreaterThan(0.8);
}

/** Records for some seconds and sends it. */
async function speaks(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Record a voice message' }).click();
  const bar = person.page.getByRole('group', { name: 'Recording a voice message' });
  await expect(bar).toContainText(/0:0[4-9]/);
  await bar.getByRole('button', { name: 'Send the voice message' }).click();
}

/** The voice messages that this person’s socket is told of. */
function toldOf({ page }: Person): Message[] {
  const messages: Message[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload)) as ServerFrame;
      if (frame.type === 'message.created' && frame.message.audio) messages.push(frame.message);
    }),
  );
  return messages;
}

/** The bytes behind an address, as this person’s browser fetches them. */
async function fetches({ page }: Person, url: string): Promise<Buffer> {
  const address = await page.evaluate(async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} of ${url}`);
    const reader = new FileReader();
    reader.readAsDataURL(await response.blob());
    await new Promise((resolve) => (reader.onload = resolve));
    return String(reader.result);
  }, url);
  return Buffer.from(address.slice(address.indexOf(',')), 'base64');
}

/** The middle second of the same, as this person’s browser decodes it. */
async function decodes({ page }: Person, url: string): Promise<Sound> {
  return page.evaluate(async (url) => {
    const bytes = await (await fetch(url)).arrayBuffer();
    const context = new OfflineAudioContext(1, 1, 48_000);
    const decoded = await context.decodeAudioData(bytes);
    const rate = decoded.sampleRate;
    const from = Math.floor((decoded.length - rate) / 2);
    return { rate, samples: [...decoded.getChannelData(0).slice(from, from + rate)] };
  }, url);
}

async function expectToneAt(person: Person, message: Message | undefined): Promise<void> {
  const sources = message?.audio?.sources ?? [];
  expect(sources.map(({ mime }) => mime)).toEqual([
    expect.stringMatching(/^audio\/(webm|mp4)/),
    'audio/wav',
  ]);
  const [original, wav] = sources.map(({ url }) => url);
  const file = readWav(await fetches(person, wav ?? ''));
  expect(file.rate).toBeLessThanOrEqual(24_000);
  expect(file.samples.length / file.rate).toBeGreaterThan(3);
  expectTone(file);
  expectTone(await decodes(person, original ?? ''));
}

interface Listening extends Window {
  /** What was played last. */
  sound?: HTMLMediaElement & { captureStream(): MediaStream };
}

/** Has a page know what it plays. */
async function listensTo({ page }: Person): Promise<void> {
  await page.addInitScript(() => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function (this: NonNullable<Listening['sound']>) {
      // As often as it takes: on a busy machine it may be over before anybody listens.
      this.loop = true;
      (window as Listening).sound = this;
      return play.call(this);
    };
  });
}

/** Presses play, and measures what comes out of the player itself. */
async function expectToneFromPlayer({ log, page }: Person): Promise<void> {
  await log.getByRole('button', { name: 'Play the voice message' }).click();
  const heard = await page.evaluate(async (audible) => {
    let sound;
    while (!(sound = (window as Listening).sound)) await new Promise(requestAnimationFrame);
    const moves = () =>
      new Promise((done) => sound.addEventListener('timeupdate', done, { once: true }));
    // There is no sound in what is not loaded yet.
    while (sound.currentTime === 0) await moves();
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(sound.captureStream()).connect(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    let level = -Infinity;
    while (level < audible) {
      await moves();
      analyser.getFloatFrequencyData(levels);
      level = Math.max(...levels);
    }
    const hertz = (levels.indexOf(level) * context.sampleRate) / analyser.fftSize;
    await context.close();
    sound.pause();
    return hertz;
  }, AUDIBLE);
  expect(Math.abs(heard - HERTZ), `${heard} Hz`).toBeLessThan(HERTZ / 100);
}

/** What one says in a room is heard by the other, live and once the page is loaded anew. */
async function isHeard(mira: Person, rahul: Person, room: string): Promise<void> {
  await listensTo(rahul);
  const told = toldOf(rahul);
  await rahul.page.goto(`/rooms/${room}`);
  await mira.page.goto(`/rooms/${room}`);
  await speaks(mira);
  await expect(rahul.log.locator('.voice')).toHaveCount(1);
  await expectToneAt(rahul, told[0]);
  await expectToneFromPlayer(rahul);
  await rahul.page.reload();
  await expect(rahul.log.locator('.voice')).toHaveCount(1);
  const message = (await rahul.history(room)).find(({ audio }) => audio);
  await expectToneAt(rahul, message);
  await expectToneFromPlayer(rahul);
}

test('a tone that is said in a room is the tone that the other browser plays', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await isHeard(mira, rahul, 'general');
});

test('a tone that is said in private is the tone that the other browser plays', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const { id } = await rahul.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  // Where nothing was said yet, there is nothing for the other to open.
  await mira.asks('POST', `/rooms/${name}/messages`, {
    client_id: crypto.randomUUID(),
    text: 'Listen!',
  });
  await isHeard(mira, rahul, name);
});
