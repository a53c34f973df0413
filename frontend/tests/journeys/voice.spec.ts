import { fakeMicrophone } from '../../scripts/chromium.mjs';
import { expectAccessible } from '../support/axe';
import { expect, PASSWORD, type Person, test } from '../support/journey';
import { wavFile } from '../support/tone';

// Chromium’s own microphone: a tone that beeps each second.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...fakeMicrophone] });
  },
});

/** Seconds of a tone that swells, as a WAV file. */
function recording(seconds: number): Buffer {
  const rate = 16_000;
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at += 1) {
    const swell = Math.sin((Math.PI * at) / (seconds * rate)) ** 2;
    const words = 0.6 + 0.4 * Math.sin((2 * Math.PI * 3 * at) / rate);
    const tone = Math.sin((2 * Math.PI * 440 * at) / rate) * swell * words;
    samples.writeInt16LE(Math.round(tone * 20_000), at * 2);
  }
  return wavFile(rate, samples);
}

const recordButton = (person: Person) =>
  person.page.getByRole('button', { name: 'Record a voice message' });
const recordingBar = (person: Person) =>
  person.page.getByRole('group', { name: 'Recording a voice message' });
/** Without loading the page anew. */
async function goesTo(person: Person, room: string): Promise<void> {
  const back = person.page.getByRole('link', { name: 'Back' });
  if (await back.isVisible()) await back.click();
  await person.rooms.locator(`a[href="/rooms/${room}"]`).click();
  await person.isThere();
}

const NOT_SENT = 'This recording is not sent yet.';

/** Sends a voice message as another client does. */
async function sendsVoice(person: Person, seconds: number): Promise<void> {
  const { request } = person.context;
  const headers = { authorization: `Bearer ${person.token}` };
  const file = { name: 'voice.wav', mimeType: 'audio/wav', buffer: recording(seconds) };
  const { origin } = person.server;
  const uploaded = await request.post(`${origin}/api/v1/media`, { headers, multipart: { file } });
  expect(uploaded.status(), await uploaded.text()).toBe(200);
  const { id } = (await uploaded.json()) as { id: string };
  const data = { client_id: crypto.randomUUID(), media: [id] };
  const sent = await request.post(`${origin}/api/v1/rooms/general/messages`, { headers, data });
  expect(sent.status()).toBe(201);
}

/** Plays the only voice message of the room, and waits until it is heard. */
async function hears({ log }: Person): Promise<void> {
  await log.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(log.locator('.voice')).toContainText(/0:0[1-7]/);
}

/** Deletes the first message of the room. */
async function deletes(person: Person): Promise<void> {
  const [message] = await person.history();
  await person.asks('DELETE', `/rooms/general/messages/${message?.id}`);
}

/** Also after the page was loaded anew. */
async function hasNothingRecorded(person: Person): Promise<void> {
  await expect(recordingBar(person)).toHaveCount(0);
  await person.page.reload();
  await person.isThere();
  await expect(recordButton(person)).toBeVisible();
  await expect(recordingBar(person)).toHaveCount(0);
}

test('a voice message is heard, paused, sought in and played faster', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await sendsVoice(mira, 8);
  const voice = rahul.log.locator('.voice');
  await expect(voice).toContainText('0:08');
  await voice.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(voice.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await expect(voice).toContainText(/0:0[1-7]/);
  await voice.getByRole('button', { name: /Speed 1×/ }).click();
  await expect(voice.getByRole('button', { name: /Speed 1.5×/ })).toBeVisible();
  await voice.getByRole('button', { name: 'Pause the voice message' }).click();
  await expect(voice.getByRole('button', { name: 'Play the voice message' })).toBeVisible();
  // By keys, to where it is to go on.
  const position = voice.getByRole('slider', { name: 'Position in the voice message' });
  await position.focus();
  await position.press('End');
  await expect(position).toHaveAttribute('aria-valuetext', '0:08 of 0:08');
  await position.press('Home');
  await expect(position).toHaveAttribute('aria-valuetext', '0:00 of 0:08');
});

test('what was not heard yet follows by itself, also while another room is open', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await rahul.enters();
  await sendsVoice(mira, 2);
  await sendsVoice(rahul, 1);
  await mira.writes('In between.');
  await sendsVoice(mira, 3);
  await sendsVoice(mira, 1);
  const voices = rahul.log.locator('.voice');
  await expect(voices).toHaveCount(4);
  await voices.first().getByRole('button', { name: 'Play the voice message' }).click();
  await expect(
    voices.nth(2).getByRole('button', { name: 'Pause the voice message' }),
  ).toBeVisible();
  await goesTo(rahul, 'tea');
  const ids = (await rahul.history()).filter(({ audio }) => audio).map(({ id }) => id);
  await expect(async () => {
    const heard = await rahul.page.evaluate(() =>
      Object.entries(localStorage).flatMap(([key, ids]) =>
        key.startsWith('adda.heard.') ? String(ids).split(' ') : [],
      ),
    );
    expect(heard).toEqual([ids[0], ids[2], ids[3]]);
  }).toPass();
  await goesTo(rahul, 'general');
  await expect(rahul.log.getByRole('button', { name: 'Pause the voice message' })).toHaveCount(0);
});

test('what is said last may be a voice message, and one that is deleted is gone', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await sendsVoice(mira, 1);
  await expect(rahul.log.locator('.voice')).toBeVisible();
  await rahul.page.goto('/people');
  const room = rahul.rooms.locator('a[href="/rooms/general"]');
  if (await room.isVisible()) await expect(room).toContainText('Mira: Voice message');
  await rahul.enters();
  await deletes(mira);
  await expect(rahul.log.locator('.voice')).toHaveCount(0);
  await rahul.sees('This message was deleted.');
});

test('a voice message is recorded, paused and sent, and heard by the other', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await recordButton(mira).click();
  const bar = recordingBar(mira);
  await expect(bar).toContainText(/0:0[2-9]/);
  await expect(mira.composer).toBeHidden();
  await expect(rahul.page.getByText('Mira is recording…').first()).toBeVisible();
  await bar.getByRole('button', { name: 'Pause the recording' }).click();
  await bar.getByRole('button', { name: 'Go on recording' }).click();
  await expect(bar).toContainText(/0:0[3-9]/);
  await bar.getByRole('button', { name: 'Send the voice message' }).click();
  await expect(bar).toHaveCount(0);
  const voice = rahul.log.locator('.voice');
  await expect(voice).toContainText(/0:0[345]/);
  await voice.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(voice).toContainText(/0:0[1-7]/);
  await expect(rahul.page.getByText('Mira is recording…')).toHaveCount(0);
  const [message] = await rahul.history();
  expect(message?.audio?.waveform.some((part) => part > 10)).toBe(true);
  await expect(mira.log.locator('.voice')).toHaveCount(1);
  await expect(mira.composer).toBeVisible();
});

test('what is played in one tab is paused by what is played in another', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await sendsVoice(mira, 30);
  await hears(rahul);
  const other = await rahul.tab();
  await other.enters();
  await hears(other);
  await expect(rahul.log.getByRole('button', { name: 'Play the voice message' })).toBeVisible();
});

test('what is played in one tab is paused by what is recorded in another', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await sendsVoice(mira, 30);
  await rahul.log.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(rahul.log.locator('.voice')).toContainText(/0:0[1-7]/);
  const other = await rahul.tab();
  await other.enters();
  await recordButton(other).click();
  await expect(rahul.log.getByRole('button', { name: 'Play the voice message' })).toBeVisible();
  await expect(recordingBar(other)).toContainText(/0:0[1-9]/);
});

const playingLine = (person: Person) => person.page.getByRole('region', { name: 'Voice message' });

test('what is heard is paused and ended wherever one is, and ends with its message', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await rahul.enters();
  await sendsVoice(mira, 30);
  await hears(rahul);
  const line = playingLine(rahul);
  await expect(line).toHaveCount(0);
  await goesTo(rahul, 'tea');
  await expect(line).toContainText('Mira');
  await expectAccessible(rahul);
  await line.getByRole('button', { name: 'Pause the voice message' }).click();
  await line.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(line.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await line.getByRole('link', { name: 'Mira' }).click();
  await expect(line).toHaveCount(0);
  await expect(rahul.log.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await goesTo(rahul, 'tea');
  await deletes(mira);
  await expect(line).toHaveCount(0);
});

test('what is heard has its controls also where its message is out of sight in the open room', async ({
  person,
}) => {
  test.setTimeout(120_000);
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await sendsVoice(mira, 1);
  await mira.writes(...Array.from({ length: 130 }, (_, at) => `Number ${at}.`));
  await sendsVoice(mira, 60);
  const [first] = await mira.history();
  await rahul.enters('general', `?at=${first?.seq}`);
  const line = playingLine(rahul);
  await rahul.log.getByRole('button', { name: 'Play the voice message' }).click();
  // The next one follows from where nothing is loaded.
  await expect(line.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await expect(line).toContainText(/0:0[1-9]/);
  await line.getByRole('link', { name: 'Mira' }).click();
  await expect(rahul.log.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await expect(line).toHaveCount(0);
  await expect(async () => {
    // The room may still be on its way to the message that the link named.
    await rahul.log.press('Home');
    await expect(line).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await line.getByRole('button', { name: 'Stop and close' }).click();
  await expect(line).toHaveCount(0);
});

test('nothing is played while one records, also where it is begun meanwhile', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.enters();
  await sendsVoice(mira, 30);
  const voice = rahul.log.locator('.voice');
  const play = voice.getByRole('button', { name: 'Play the voice message' });
  await play.click();
  await expect(voice).toContainText(/0:0[1-7]/);
  await recordButton(rahul).click();
  await expect(play).toBeVisible();
  await expect(recordingBar(rahul)).toContainText(/0:0[1-9]/);
  await play.click();
  await expect(rahul.page.getByText('Nothing is played while you record.')).toBeVisible();
  await expect(play).toBeVisible();
  await recordingBar(rahul).getByRole('button', { name: 'Pause the recording' }).click();
  await play.click();
  await expect(voice.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await recordingBar(rahul).getByRole('button', { name: 'Go on recording' }).click();
  await expect(play).toBeVisible();
});

test('what is said in private goes over the socket, and shows when it was listened to', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const { id } = await rahul.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  const frames: string[] = [];
  mira.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => frames.push(String(payload))),
  );
  await mira.page.goto(`/rooms/${name}`);
  await recordButton(mira).click();
  await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
  await mira.page.keyboard.press('Enter');
  const hers = mira.log.locator('.voice');
  await expect(hers).toHaveCount(1);
  const spoken = () => frames.filter((frame) => frame.includes('"message.send"'));
  await expect.poll(spoken).toHaveLength(1);
  expect(spoken()[0]).toMatch(/"audio":\{"data":"data:audio\/webm[^"]*;base64,/);
  // What is on its way stands there already.
  await expect.poll(() => mira.history(name)).toHaveLength(1);

  await rahul.page.goto(`/rooms/${name}`);
  await expect(hers.getByText('Listened to')).toHaveCount(0);
  await rahul.log.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(hers.getByText('Listened to')).toBeAttached();
  await expect(rahul.log.locator('.voice').getByText('Listened to')).toHaveCount(0);
});

test('a recording that is thrown away is not sent, and one offline is sent later', async ({
  person,
  isMobile,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  const bar = recordingBar(mira);
  await recordButton(mira).click();
  await expect(bar).toContainText(/0:0[1-9]/);
  await mira.page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  if (!isMobile) await expect(mira.composer).toBeFocused();
  mira.expects(/net::ERR_INTERNET_DISCONNECTED/, /WebSocket/);
  await recordButton(mira).click();
  await expect(bar).toContainText(/0:0[1-9]/);
  await mira.context.setOffline(true);
  await mira.page.keyboard.press('Enter');
  await expect(mira.log.locator('.voice')).toBeVisible();
  expect(await mira.history()).toEqual([]);
  await mira.context.setOffline(false);
  await expect.poll(() => mira.history()).toHaveLength(1);
  await expect(mira.log.locator('.voice')).toHaveCount(1);
});

test('what is on its way is heard, and on while it becomes the sent one in its place', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  mira.expects(/net::ERR_INTERNET_DISCONNECTED/, /WebSocket/);
  await recordButton(mira).click();
  await expect(recordingBar(mira)).toContainText(/0:0[6-9]/);
  await mira.context.setOffline(true);
  await mira.page.keyboard.press('Enter');
  const voice = mira.log.locator('.voice');
  await expect(voice).toContainText(/0:0[6-9]/);
  const shape = () =>
    voice
      .locator('rect')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().height));
  expect((await shape()).filter((height) => height > 10).length).toBeGreaterThan(5);
  const bubble = mira.log.locator('.bubble', { has: mira.page.locator('.voice') });
  const height = (await bubble.boundingBox())?.height;
  await voice.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(voice).toContainText(/0:0[1-9]/);
  await voice.getByRole('button', { name: 'Pause the voice message' }).click();
  await mira.context.setOffline(false);
  await expect.poll(() => mira.history()).toHaveLength(1);
  await expect(bubble.getByRole('img', { name: 'Sent' })).toBeVisible();
  expect((await bubble.boundingBox())?.height).toBeCloseTo(height ?? 0, 0);
  const position = voice.getByRole('slider', { name: 'Position in the voice message' });
  await expect(position).toHaveAttribute('aria-valuetext', /0:0[1-9] of/);
  await voice.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(voice.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await deletes(mira);
  await expect(voice).toHaveCount(0);
});

test('a longer recording is thrown away only by who says so twice', async ({
  person,
  isMobile,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await recordButton(mira).click();
  const bar = recordingBar(mira);
  await expect(bar).toContainText(/0:0[6-9]/);
  await mira.page.keyboard.press('Escape');
  const question = mira.page.getByRole('dialog', { name: 'Throw the recording away' });
  await expect(question).toContainText(/Throw away what you recorded \(0:0[6-9]\)\?/);
  await expectAccessible(mira);
  await mira.page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(bar.getByRole('button', { name: 'Listen to the recording' })).toBeVisible();
  await expect(bar).toBeFocused();
  await bar.getByRole('button', { name: 'Throw the recording away' }).click();
  await question.getByRole('button', { name: 'Throw away' }).click();
  await expect(bar).toHaveCount(0);
  if (!isMobile) await expect(mira.composer).toBeFocused();
  await hasNothingRecorded(mira);
});

test('why a recording has ended by itself is said, and it can still be sent', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.page.addInitScript(() => {
    // A clock that can be put forward, and a microphone that can be pulled out.
    const own = { now: performance.now.bind(performance), ahead: 0, pull: () => {} };
    performance.now = () => own.now() + own.ahead;
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      own.pull = () => stream.getTracks().forEach((track) => track.stop());
      return stream;
    };
    Object.assign(window, { own });
  });
  const own = (run: 'goesOn' | 'isPulled') =>
    mira.page.evaluate((run) => {
      const { own } = window as unknown as { own: { ahead: number; pull: () => void } };
      if (run === 'goesOn') own.ahead += 15 * 60_000;
      else own.pull();
    }, run);
  await mira.enters();
  const bar = recordingBar(mira);
  await recordButton(mira).click();
  await expect(bar).toContainText(/0:0[1-9]/);
  await own('goesOn');
  await expect(mira.page.getByText('This is as long as a voice message can be.')).toBeVisible();
  await expect(bar.getByRole('button', { name: 'Go on recording' })).toHaveCount(0);
  await expectAccessible(mira);
  await bar.getByRole('button', { name: 'Send the voice message' }).click();
  await expect(mira.log.locator('.voice')).toHaveCount(1);
  await recordButton(mira).click();
  await expect(bar).toContainText(/0:0[1-9]/);
  await own('isPulled');
  await expect(mira.page.getByText('The microphone is gone.')).toBeVisible();
  await bar.getByRole('button', { name: 'Send the voice message' }).click();
  await expect(mira.log.locator('.voice')).toHaveCount(2);
  await expect.poll(() => mira.history()).toHaveLength(2);
});

test('what was recorded is heard and sought in before it is gone on with and sent', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await recordButton(mira).click();
  const bar = recordingBar(mira);
  await expect(bar).toContainText(/0:0[3-9]/);
  await bar.getByRole('button', { name: 'Pause the recording' }).click();
  const position = bar.getByRole('slider', { name: 'Position in the voice message' });
  await expect(position).toHaveAttribute('aria-valuetext', /0:00 of 0:0[3-9]/);
  await bar.getByRole('button', { name: 'Listen to the recording' }).click();
  await expect(position).toHaveAttribute('aria-valuetext', /0:0[1-9] of/);
  await bar.getByRole('button', { name: 'Stop listening' }).click();
  await expectAccessible(mira);
  // To where nothing was loaded for, and on from there to its end.
  await position.fill('2.5');
  await expect(position).toHaveAttribute('aria-valuetext', /0:02 of/);
  await bar.getByRole('button', { name: 'Listen to the recording' }).click();
  await expect(position).toHaveAttribute('aria-valuetext', /0:00 of/);
  await bar.getByRole('button', { name: 'Go on recording' }).click();
  await expect(bar).toContainText(/0:(0[5-9]|1)/);
  await bar.getByRole('button', { name: 'Send the voice message' }).click();
  await expect(rahul.log.locator('.voice')).toHaveCount(1);
  const [message] = await rahul.history();
  expect(message?.audio?.duration_ms).toBeGreaterThan(4_500);
});

test('what was recorded is there after a reload, in one tab, and is sent once', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  await recordButton(mira).click();
  await expect(recordingBar(mira)).toContainText(/0:0[3-9]/);
  await mira.page.reload();
  await mira.isThere();
  await expect(mira.page.getByText(NOT_SENT)).toBeVisible();
  const length = await recordingBar(mira).locator('.time').innerText();
  expect(length).toMatch(/0:0[2-9]/);
  await expect(mira.page.getByRole('button', { name: 'Go on recording' })).toHaveCount(0);
  await mira.page.getByRole('button', { name: 'Listen to the recording' }).click();
  await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
  // Another tab has its own field, until this one is gone.
  const other = await mira.tab();
  await other.enters();
  await other.composer.fill('In the middle of');
  await expect(recordingBar(other)).toHaveCount(0);
  await mira.page.close();
  await expect(recordingBar(other)).toContainText(length);
  // Whoever writes there writes on.
  await expect(other.composer).toBeFocused();
  await other.composer.pressSequentially(' a word');
  await other.sends();
  await expect(rahul.message('In the middle of a word')).toBeVisible();
  await expect(recordButton(other)).toHaveCount(0);
  await recordingBar(other).getByRole('button', { name: 'Send the voice message' }).click();
  await expect(rahul.log.locator('.voice')).toHaveCount(1);
  await other.page.reload();
  await other.isThere();
  await expect(other.composer).toBeVisible();
  await expect(recordingBar(other)).toHaveCount(0);
  expect(await rahul.history()).toHaveLength(2);
});

test('a message is changed also while one records', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('Tee');
  await recordButton(mira).click();
  await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
  await expect(mira.composer).toBeHidden();
  await mira.does('Edit', 'Tee');
  await mira.page.getByRole('textbox', { name: 'Editing your message' }).fill('Tea');
  await mira.sends();
  await expect(mira.message('Tea')).toBeVisible();
  await expect(recordingBar(mira)).toBeVisible();
  await expect(mira.composer).toBeHidden();
});

test('what was recorded waits in its room, and what is thrown away does not', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await mira.enters();
  await recordButton(mira).click();
  await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
  await recordingBar(mira).getByRole('button', { name: 'Pause the recording' }).click();
  await goesTo(mira, 'tea');
  await expect(mira.composer).toBeVisible();
  await expect(recordingBar(mira)).toHaveCount(0);
  await goesTo(mira, 'general');
  await expect(mira.page.getByText(NOT_SENT)).toBeVisible();
  await recordingBar(mira).getByRole('button', { name: 'Throw the recording away' }).click();
  await expect(mira.composer).toBeVisible();
  await hasNothingRecorded(mira);
  expect(await mira.history()).toEqual([]);
});

test('what is recorded is forgotten with the session', async ({ person }) => {
  const mira = await person('Mira');
  const kept = () =>
    mira.page.evaluate(async () => {
      const opened = indexedDB.open('adda');
      await new Promise((resolve) => (opened.onsuccess = resolve));
      const count = opened.result.transaction('pieces').objectStore('pieces').count();
      await new Promise((resolve) => (count.onsuccess = resolve));
      opened.result.close();
      return count.result;
    });
  await mira.enters();
  await recordButton(mira).click();
  await expect.poll(kept).toBeGreaterThan(1);
  mira.expects(/401/);
  const change = { current_password: PASSWORD, new_password: 'three cups of strong tea' };
  await mira.asks('POST', '/auth/password', change);
  await expect(mira.page.getByLabel('Password', { exact: true })).toBeVisible();
  await expect.poll(kept).toBe(0);
});

test.describe('where one may have little', () => {
  test.use({ settings: { ADDA_MEDIA_QUOTA_MB: '1' } });

  test('it is said while one records, and not once that is thrown away', async ({ person }) => {
    const mira = await person('Mira');
    await mira.enters();
    await recordButton(mira).click();
    const said = mira.page.getByText('A voice message may not fit: you use 0 bytes of the 1 MB');
    await expect(said).toBeVisible();
    await expectAccessible(mira);
    await mira.page.keyboard.press('Escape');
    await expect(said).toHaveCount(0);
  });
});

test.describe('with a finger on the microphone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  /** A finger, as the browser is told of it by a screen. */
  async function fingerOn(person: Person): Promise<Finger> {
    const session = await person.context.newCDPSession(person.page);
    const box = await recordButton(person).boundingBox();
    if (!box) throw new Error('There is no microphone.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: Point[]) => {
      await session.send('Input.dispatchTouchEvent', { type, touchPoints: at });
    };
    return {
      presses: () => touch('touchStart', { x, y }),
      slides: async (dx, dy) => {
        for (const part of [0.25, 0.5, 0.75, 1]) {
          await touch('touchMove', { x: x + dx * part, y: y + dy * part });
        }
      },
      letsGo: () => touch('touchEnd'),
    };
  }

  interface Point {
    x: number;
    y: number;
  }

  interface Finger {
    presses(): Promise<void>;
    slides(dx: number, dy: number): Promise<void>;
    letsGo(): Promise<void>;
  }

  test('what is said while it is held is sent when it lets go', async ({ person }) => {
    const [mira, rahul] = [await person('Mira'), await person('Rahul')];
    await mira.enters();
    await rahul.enters();
    const finger = await fingerOn(mira);
    await finger.presses();
    await expect(recordingBar(mira)).toContainText(/0:0[2-9]/);
    await expect(recordingBar(mira)).toContainText('Slide to cancel');
    await expectAccessible(mira);
    await expect(rahul.page.getByText('Mira is recording…').first()).toBeVisible();
    await finger.letsGo();
    await expect(rahul.log.locator('.voice')).toHaveCount(1);
    // Nothing new begins by that.
    await expect(recordingBar(mira)).toHaveCount(0);
    await expect(mira.composer).toBeVisible();
    const sent = await rahul.history();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.audio?.duration_ms).toBeGreaterThan(1_500);
  });

  test('sliding away throws it away, and half of the way does not', async ({ person }) => {
    const mira = await person('Mira');
    await mira.enters();
    const finger = await fingerOn(mira);
    await finger.presses();
    await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
    await finger.slides(-70, 5);
    await expect(recordingBar(mira)).toBeVisible();
    await finger.slides(-140, 5);
    await expect(recordingBar(mira)).toHaveCount(0);
    await expect(recordButton(mira)).toBeVisible();
    await finger.letsGo();
    await expect(recordingBar(mira)).toHaveCount(0);
    await hasNothingRecorded(mira);
    expect(await mira.history()).toEqual([]);
  });

  test('sliding up goes on without the finger', async ({ person }) => {
    const mira = await person('Mira');
    await mira.enters();
    const finger = await fingerOn(mira);
    await finger.presses();
    await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
    await finger.slides(5, -100);
    const send = recordingBar(mira).getByRole('button', { name: 'Send the voice message' });
    await expect(send).toBeVisible();
    await finger.letsGo();
    await expect(recordingBar(mira)).toContainText(/0:0[2-9]/);
    expect(await mira.history()).toEqual([]);
    await send.tap();
    await expect(mira.log.locator('.voice')).toHaveCount(1);
  });

  test('a tap begins, and a second one sends', async ({ person }) => {
    const mira = await person('Mira');
    await mira.enters();
    await recordButton(mira).tap();
    await expect(recordingBar(mira)).toContainText(/0:0[1-9]/);
    await recordingBar(mira).getByRole('button', { name: 'Send the voice message' }).tap();
    await expect(mira.log.locator('.voice')).toHaveCount(1);
    await expect(recordingBar(mira)).toHaveCount(0);
  });
});
