import { expect, PASSWORD, type Person, test } from '../support/journey';

const NEW = 'three cups of strong tea';
/** What a browser says of a request that is refused, as one of a session that has ended is. */
const REFUSED = /status of 401/;

async function changesPassword(person: Person, to: string): Promise<void> {
  await person.page.goto('/settings');
  const settings = person.page.getByRole('main');
  await settings.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await settings.getByLabel('New password', { exact: true }).fill(to);
  await settings.getByRole('button', { name: 'Change password' }).click();
}

test('a new password leaves the tabs of this browser signed in, and no other device', async ({
  person,
  stranger,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  const [tab, phone] = [await mira.tab(), await stranger('Mira')];
  await tab.enters();
  await phone.signIn();
  await phone.enters();
  for (const one of [mira, tab, phone]) one.expects(REFUSED);

  await changesPassword(mira, NEW);
  await expect(mira.page.getByText('Password changed.')).toBeVisible();
  await expect(phone.page.getByRole('button', { name: 'Sign in' })).toBeVisible();

  await tab.says('Still here.');
  await expect(
    tab.message('Still here.').getByRole('img', { name: 'Sent', exact: true }),
  ).toBeVisible();
  await mira.enters();
  await mira.sees('Still here.');
  await mira.says('Here as well.');
  await tab.sees('Here as well.');
  // The new session is the one in the cookie.
  await tab.page.reload();
  await tab.isThere();
});

test('one refusal signs nobody out', async ({ person }) => {
  const mira = await person('Mira');
  let refusals = 0;
  await mira.page.routeWebSocket(/\/ws$/, (socket) => {
    if (refusals === 0) {
      refusals += 1;
      void socket.close({ code: 4_500, reason: 'auth_failed' });
    } else {
      socket.connectToServer();
    }
  });
  await mira.enters();
  expect(refusals).toBe(1);
  await mira.says('I am who I was.');
  await mira.sees('I am who I was.');
});
