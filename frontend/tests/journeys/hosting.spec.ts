import { expect, test } from '../support/journey';
import { Server } from '../support/server';
import { StaticHost } from '../support/static-host';

const elsewhere = test.extend<{ host: StaticHost }>({
  host: async ({}, use) => {
    const host = await StaticHost.start();
    await use(host);
    await host.close();
  },
  server: async ({ host }, use) => {
    const server = await Server.start({ ADDA_ALLOWED_ORIGINS: host.origin });
    host.api = server.api;
    await use(server);
    await server.close();
  },
});

elsewhere(
  'the app on another host talks to the server that site.json names',
  async ({ host, stranger, person }) => {
    const mira = await stranger('Mira', { origin: host.origin });
    await mira.signUp();
    await mira.enters();
    const rahul = await person('Rahul');
    await rahul.enters();
    await mira.says('From the other side');
    await rahul.sees('From the other side');
    await rahul.says('Heard');
    await mira.sees('Heard');
    await mira.page.reload();
    await mira.isThere();
    await mira.sees('From the other side', 'Heard');
  },
);

test('a host that the server does not know is refused', async ({ server, stranger }) => {
  const host = await StaticHost.start({ api: server.api });
  const mira = await stranger('Mira', { origin: host.origin });
  mira.expects(/CORS|ERR_FAILED|status of 403/);
  await mira.page.goto('/sign-in');
  await mira.page.getByLabel('Username').fill('mira');
  await mira.page.getByLabel('Password', { exact: true }).fill('two cups of tea');
  await mira.page.getByRole('button', { name: 'Sign in' }).click();
  await expect(mira.page.getByText(/cannot be reached|did not work|origin/i)).toBeVisible();
  await host.close();
});
