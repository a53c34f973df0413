// Adda, opened at one address or another.
import { hostname } from 'node:os';

import { expect, test } from '../support/journey';
import { freePort, Server } from '../support/server';

const machine = hostname().split('.')[0]?.toLowerCase() ?? 'localhost';
const names = ['chat.example.test', 'evil.test', `${machine}.local`, machine];

/** What Chromium says of a header that it heeds only over TLS. */
const UNTRUSTED = /Cross-Origin-Opener-Policy/;

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(',');
    const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`];
    await use({ ...launchOptions, args });
  },
});

test('at the machine’s own name, without TLS, one signs up and talks', async ({
  server,
  stranger,
}) => {
  for (const [at, name] of ['localhost', '127.0.0.1', `${machine}.local`].entries()) {
    const person = await stranger(`Mira${at}`, { origin: `http://${name}:${server.port}` });
    person.expects(UNTRUSTED);
    await person.signUp();
    // Only the browser's own machine counts as safe without TLS.
    const isSafe = await person.page.evaluate(() => isSecureContext && 'locks' in navigator);
    expect(isSafe, name).toBe(!name.endsWith('.local'));
    await person.isThere();
    await person.says('At home.');
    await expect(person.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
    await person.page.reload();
    await person.isThere();
  }
});

test('at a name of somebody else a page says which address is right', async ({
  server,
  stranger,
}) => {
  const mira = await stranger('Mira', { origin: `http://evil.test:${server.port}` });
  mira.expects(UNTRUSTED, /status of 403/);
  await mira.page.goto('/rooms/general');
  await expect(mira.page.getByRole('heading')).toHaveText('Adda is at another address');
  await expect(
    mira.page.getByText(`ADDA_PUBLIC_URL=http://evil.test:${server.port}`),
  ).toBeVisible();
  await mira.page.getByRole('link').click();
  await expect(mira.page).toHaveURL(new RegExp(`^http://localhost:${server.port}/`));
  await expect(mira.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

const configured = test.extend({
  server: async ({}, use) => {
    const port = await freePort();
    const server = await Server.start(
      { ADDA_PUBLIC_URL: `http://chat.example.test:${port}` },
      port,
    );
    await use(server);
    await server.close();
  },
});

configured(
  'elsewhere than at its public address the app leads there',
  async ({ server, stranger }) => {
    const right = `http://chat.example.test:${server.port}`;
    const mira = await stranger('Mira', { origin: right });
    mira.expects(UNTRUSTED);
    await mira.signUp();
    await mira.isThere();
    await mira.says('In the right place.');
    await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);

    const rahul = await stranger('Rahul', { origin: `http://127.0.0.1:${server.port}` });
    rahul.expects(UNTRUSTED);
    await rahul.page.goto('/rooms/general?at=1');
    await expect(rahul.page.getByRole('heading')).toHaveText('Adda is at another address');
    await expect(rahul.page.getByText('ADDA_ALLOWED_ORIGINS')).toBeVisible();
    await expect(rahul.page.getByRole('link')).toHaveAttribute(
      'href',
      `${right}/rooms/general?at=1`,
    );
    await rahul.page.getByRole('link').click();
    await expect(rahul.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  },
);

configured(
  'a server that takes another address while the app is open says so',
  async ({ server, stranger }) => {
    const right = `http://chat.example.test:${server.port}`;
    const mira = await stranger('Mira', { origin: right });
    mira.expects(UNTRUSTED, /status of 403/);
    await mira.signUp();
    await mira.isThere();
    // As it answers a page of an origin that is no longer its own.
    const detail = 'Open http://new.example.test instead.';
    const json = { type: '', title: '', status: 403, code: 'origin_not_allowed', detail };
    await mira.page.route('**/api/v1/auth/refresh', (route) =>
      route.fulfill({ status: 403, json }),
    );
    await mira.page.reload();
    await expect(mira.page.getByRole('heading')).toHaveText('Adda is at another address');
    await expect(mira.page.getByText(detail)).toBeVisible();
  },
);
