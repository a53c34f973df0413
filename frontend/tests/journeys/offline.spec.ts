import { expect, NO_SERVER, type Person, test } from '../support/journey';

const LINE = 'You are offline. What you write is sent when you are back.';

/** Somebody in a room whose network goes. */
async function cutOff(person: Person): Promise<void> {
  person.expects(NO_SERVER);
  await person.enters();
  await person.context.setOffline(true);
}

/** Goes to a view as a link does. */
const goTo = (person: Person, path: string) =>
  person.page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);

test('the network that goes is told within a second, and that it is back', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  const line = mira.page.getByText(LINE);
  await expect(line).toHaveCount(0);
  await mira.context.setOffline(true);
  await expect(line).toBeVisible({ timeout: 1_000 });
  await mira.context.setOffline(false);
  await expect(line).toHaveCount(0, { timeout: 1_000 });
});

test('a network that goes without a word of the server ends the wait for it', async ({
  person,
}) => {
  const mira = await person('Mira');
  mira.expects(NO_SERVER);
  let isCut = false;
  await mira.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => (isCut ? undefined : server.send(data)));
    server.onMessage((data) => (isCut ? undefined : socket.send(data)));
  });
  await mira.enters();
  isCut = true;
  await mira.context.setOffline(true);
  await mira.says('Into the tunnel.');
  // Half a minute it was: now the socket has two seconds to prove the contrary.
  await expect(mira.log.getByRole('img', { name: 'Waiting for the connection' })).toBeVisible({
    timeout: 5_000,
  });
  isCut = false;
  await mira.context.setOffline(false);
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
});

const VIEWS = [
  ['people', '/people', 'The people could not be loaded.', 'Rahul'],
  ['directory', '/directory', 'The rooms could not be loaded.', 'General'],
  ['devices', '/settings', 'The devices could not be loaded.', 'This device'],
] as const;

for (const [view, path, failure, shown] of VIEWS) {
  test(`what could not be loaded of the ${view} loads by itself`, async ({ person }) => {
    await person('Rahul');
    const mira = await person('Mira');
    await mira.page.goto(path);
    await expect(mira.page.getByRole('main').getByText(shown).first()).toBeVisible();
    // Its code is here, what it shows is not.
    await goTo(mira, '/rooms/general');
    await mira.isThere();
    mira.expects(NO_SERVER);
    await mira.context.setOffline(true);
    await goTo(mira, path);
    await expect(mira.page.getByText(failure)).toBeVisible();
    await mira.context.setOffline(false);
    await expect(mira.page.getByText(failure)).toHaveCount(0);
    await expect(mira.page.getByRole('main').getByText(shown).first()).toBeVisible();
  });
}

test('a view whose code could not be loaded is opened by itself', async ({ person }) => {
  const mira = await person('Mira');
  await cutOff(mira);
  await goTo(mira, '/people');
  await expect(mira.page.getByRole('alert')).toBeVisible();
  await mira.context.setOffline(false);
  await expect(mira.page.getByRole('heading', { name: 'People' })).toBeVisible();
});

test('pages of the history that could not be loaded come by themselves', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  for (let at = 1; at <= 120; at += 1) await rahul.writes(`number ${at}`);
  await mira.asks('PUT', '/rooms/general/read', { seq: 121 });
  mira.expects(NO_SERVER, /status of 50\d/);
  let isAway = false;
  await mira.page.route(/\/messages\?/, (route) =>
    isAway ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await mira.enters();
  await expect(mira.log.getByText('number 120', { exact: true })).toBeInViewport();
  // A server that fails for a while on a connection that stands.
  isAway = true;
  const failed = mira.page.waitForResponse((response) => response.status() === 503);
  await goTo(mira, '/rooms/general?at=10');
  await failed;
  isAway = false;
  await expect(mira.log.getByText('number 9', { exact: true })).toBeInViewport();
  await expect(mira.log.getByRole('button', { name: 'Try again' })).toHaveCount(0);
});

test('a room, its members and who has read load by themselves', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await mira.enters();
  await mira.page.getByRole('button', { name: /About this room/ }).click();
  const about = mira.page.getByRole('dialog', { name: 'About General' });
  await expect(about.getByText('@rahul')).toBeVisible();
  await about.getByRole('button', { name: 'Close' }).click();
  await cutOff(mira);
  await mira.page.getByRole('button', { name: /About this room/ }).click();
  await expect(about.getByText('That did not work. Try again.')).toBeVisible();
  await mira.context.setOffline(false);
  await expect(about.getByText('@rahul')).toBeVisible();
  await about.getByRole('button', { name: 'Close' }).click();
  await mira.context.setOffline(true);
  await goTo(mira, '/rooms/tea');
  await expect(mira.page.getByText('The room could not be loaded.')).toBeVisible();
  await mira.context.setOffline(false);
  await expect(mira.page.getByRole('heading', { name: 'Tea' })).toBeVisible();
});

test('an app that is opened without a server begins by itself', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(NO_SERVER, /status of 50\d/);
  await mira.page.route(/\/auth\/refresh$/, (route) => route.abort());
  await mira.page.goto('/rooms/general');
  await expect(mira.page.getByText('The server cannot be reached.')).toBeVisible();
  await mira.page.unroute(/\/auth\/refresh$/);
  await mira.isThere();
});
