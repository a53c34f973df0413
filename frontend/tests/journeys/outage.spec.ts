import { expect, NO_SERVER, type Person, test, WELCOME } from '../support/journey';

/** Everything that a person sees of a short room, from the first message to the last. */
async function shown(person: Person): Promise<string[]> {
  const texts = await person.log.locator('.message .body p').allTextContents();
  return texts.map((text) => text.trim()).filter((text) => !text.startsWith(WELCOME));
}

test('a server that dies while people write loses, doubles and reorders nothing', async ({
  server,
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  for (const one of [mira, rahul]) {
    one.expects(NO_SERVER, /status of 50\d/);
    await one.enters();
  }
  const writes = async (one: Person, from: number, to: number) => {
    for (let at = from; at <= to; at += 1) await one.says(`${one.name} ${at}.`);
  };
  await Promise.all([writes(mira, 1, 4), writes(rahul, 1, 4)]);
  const during = Promise.all([writes(mira, 5, 9), writes(rahul, 5, 9)]);
  await server.kill();
  await during;
  await Promise.all([writes(mira, 10, 12), writes(rahul, 10, 12)]);
  await server.run();
  await Promise.all([writes(mira, 13, 14), writes(rahul, 13, 14)]);

  const numbers = Array.from({ length: 14 }, (_, at) => at + 1);
  await expect
    .poll(async () => (await mira.history()).length, { timeout: 45_000 })
    .toBeGreaterThanOrEqual(28);
  const history = await mira.history();
  for (const { name } of [mira, rahul]) {
    const own = history.filter((message) => message.sender.display_name === name);
    expect(own.map((message) => message.text)).toEqual(numbers.map((at) => `${name} ${at}.`));
  }
  const texts = history.map((message) => message.text);
  for (const one of [mira, rahul]) {
    // Only the rows near the window are in the page: the last ones.
    await expect(async () => {
      const seen = await shown(one);
      expect(seen.length).toBeGreaterThanOrEqual(8);
      expect(seen).toEqual(texts.slice(-seen.length));
    }).toPass({ timeout: 10_000 });
    await expect(one.log.getByRole('img', { name: /Sending|Waiting/ })).toHaveCount(0);
  }
});

test('what is written without a server survives a closed tab', async ({ server, person }) => {
  const mira = await person('Mira');
  mira.expects(NO_SERVER, /status of 50\d/);
  await mira.enters();
  await mira.says('Before.');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
  const other = await mira.tab();
  other.expects(NO_SERVER, /status of 50\d/);
  await server.kill();
  await mira.says('In the dark.');
  await expect(mira.log.getByRole('img', { name: /Sending|Waiting/ })).toHaveCount(1);
  await mira.page.close();
  await server.run();
  await other.enters();
  await other.sees('Before.', 'In the dark.');
  await expect(other.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(2);
  expect((await mira.history()).map(({ text }) => text)).toEqual(['Before.', 'In the dark.']);
});

test('an hour without a network is made up for in a moment', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  mira.expects(NO_SERVER);
  await mira.page.clock.install();
  let isOnline = true;
  const drops: (() => Promise<void>)[] = [];
  await mira.page.routeWebSocket(/\/ws$/, (socket) => {
    if (!isOnline) {
      void socket.close({ code: 1001 });
      return;
    }
    socket.connectToServer();
    drops.push(() => socket.close({ code: 1001 }));
  });
  await mira.enters();
  await mira.says('Into the tunnel.');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);

  isOnline = false;
  await mira.context.setOffline(true);
  await Promise.all(drops.map((drop) => drop()));
  for (const text of ['One.', 'Two.', 'Three.']) await mira.says(text);
  await expect(mira.log.getByRole('img', { name: 'Waiting for the connection' })).toHaveCount(3);
  await mira.page.clock.fastForward('01:00:00');
  await expect(mira.page.getByText('You are offline.')).toBeVisible();
  await rahul.writes('Where are you?', 'Hello?');

  isOnline = true;
  await mira.context.setOffline(false);
  await mira.sees('Where are you?', 'Hello?', 'One.', 'Two.', 'Three.');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(4);
  await expect(mira.page.getByText('You are offline.')).toHaveCount(0);
  const texts = (await rahul.history()).map((message) => message.text);
  expect(texts).toEqual(['Into the tunnel.', 'Where are you?', 'Hello?', 'One.', 'Two.', 'Three.']);
  expect(await shown(mira)).toEqual(texts);
});

test('what comes in above a message on its way leaves the writer at the end', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  mira.expects(NO_SERVER);
  let isOnline = true;
  const drops: (() => Promise<void>)[] = [];
  await mira.page.routeWebSocket(/\/ws$/, (socket) => {
    if (!isOnline) return void socket.close({ code: 1001 });
    socket.connectToServer();
    drops.push(() => socket.close({ code: 1001 }));
  });
  await mira.enters();
  isOnline = false;
  await Promise.all(drops.map((drop) => drop()));
  await mira.says('On its way.');
  await mira.sees('On its way.');
  await rahul.writes(...Array.from({ length: 30 }, (_, at) => `Meanwhile ${at + 1}.`));
  isOnline = true;
  await mira.page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(async () => (await mira.history()).length).toBe(31);
  await expect(mira.message('On its way.')).toBeInViewport();
  await expect(mira.page.getByRole('button', { name: /new message/ })).toHaveCount(0);
});

test('a message that is refused for good can be sent again or given up', async ({ person }) => {
  const mira = await person('Mira');
  await mira.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data)) as { type: string; ref?: string; text?: string };
      if (frame.type !== 'message.send' || !frame.text?.startsWith('no')) {
        server.send(data);
        return;
      }
      const error = { type: '', title: '', status: 403, code: 'not_a_member', detail: 'Not now.' };
      socket.send(JSON.stringify({ type: 'error', ref: frame.ref, error }));
    });
  });
  await mira.enters();
  await mira.says('no, not this');
  await expect(mira.log.getByRole('alert')).toContainText('Not sent');
  await mira.says('This one');
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
  await mira.log.getByRole('button', { name: 'Try again' }).click();
  await expect(mira.log.getByRole('alert')).toContainText('Not sent');
  await mira.log.getByRole('button', { name: 'Discard' }).click();
  await expect(mira.message('no, not this')).toHaveCount(0);
});
