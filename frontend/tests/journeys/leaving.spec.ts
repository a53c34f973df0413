import { expect, PASSWORD, type Person, test } from '../support/journey';

/** What the browser keeps of anybody: drafts, unsent messages, and where they were. */
async function kept(person: Person): Promise<string[]> {
  return person.page.evaluate(async () => {
    const places = Object.keys(localStorage).filter((key) =>
      /draft|outgoing|last-room|heard/.test(key),
    );
    if (indexedDB === undefined) return places.map((key) => `${key}: ${localStorage.getItem(key)}`);
    const opened = indexedDB.open('adda');
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      opened.onsuccess = () => resolve(opened.result);
      opened.onerror = () => reject(new Error('no database'));
    });
    for (const name of [...db.objectStoreNames]) {
      const all = db.transaction(name).objectStore(name).getAll();
      await new Promise((resolve) => (all.onsuccess = resolve));
      places.push(...all.result.map((entry) => JSON.stringify(entry)));
    }
    db.close();
    return places;
  });
}

async function writesSomething(person: Person): Promise<void> {
  await person.enters();
  await person.composer.fill('a secret that is not finished');
  await expect.poll(async () => (await kept(person)).join()).toContain('not finished');
}

async function isForgotten(person: Person): Promise<void> {
  await expect(person.page.getByLabel('Password', { exact: true })).toBeVisible();
  await expect.poll(() => kept(person)).toEqual([]);
}

async function signsOut(person: Person): Promise<void> {
  await person.page.goto('/settings');
  await person.page.getByRole('button', { name: 'Sign out', exact: true }).click();
}

test('who signs out leaves nothing of what they wrote, in no tab', async ({ person }) => {
  const mira = await person('Mira');
  const tab = await mira.tab();
  // The other tab asks for the next token before it believes that it is signed out.
  for (const one of [mira, tab]) one.expects(/401/);
  await writesSomething(mira);
  await writesSomething(tab);
  await tab.composer.fill('written in the very moment of the end');
  await signsOut(mira);
  await isForgotten(mira);
  await isForgotten(tab);
  await expect.poll(() => kept(mira)).toEqual([]);
});

test('who is signed out from elsewhere leaves nothing either', async ({ person }) => {
  const mira = await person('Mira');
  await writesSomething(mira);
  mira.expects(/401/);
  const change = { current_password: PASSWORD, new_password: 'three cups of strong tea' };
  await mira.asks('POST', '/auth/password', change);
  await isForgotten(mira);
});

test('whoever signs in next finds nothing of the one before', async ({ person }) => {
  const mira = await person('Mira');
  await writesSomething(mira);
  // As if the browser had been killed and its cookies cleared.
  await mira.context.clearCookies();
  await mira.page.evaluate(() => localStorage.removeItem('adda.signed-in'));
  await mira.page.goto('/sign-in');
  await isForgotten(mira);
});

test('who signs out leaves nothing either where there is no database', async ({ person }) => {
  const mira = await person('Mira');
  const tab = await mira.tab();
  for (const one of [mira, tab]) {
    one.expects(/401/);
    await one.page.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', { value: undefined });
    });
    await writesSomething(one);
  }
  await tab.composer.fill('written in the very moment of the end');
  await signsOut(mira);
  await isForgotten(mira);
  await isForgotten(tab);
  await expect.poll(() => kept(mira)).toEqual([]);
});

test('who signs out while something is not sent is told so first, wherever they do it', async ({
  person,
}) => {
  const mira = await person('Mira');
  const { page } = mira;
  await mira.enters();
  const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('tea at five') };
  await page.locator('input[type="file"]').last().setInputFiles(plan);
  await expect(page.locator('.composer').getByText('plan.txt')).toBeVisible();
  const account = page.getByRole('button', { name: 'Your account' });
  const question = page.getByRole('dialog', { name: 'Not sent yet' });
  await account.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(question).toContainText('1 picture or file was picked and not sent.');
  await question.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(question).toHaveCount(0);

  await account.click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(question).toBeVisible();
  await page.route('**/api/v1/auth/logout', (route) => route.abort(), { times: 1 });
  mira.expects(/Failed to load resource|net::/);
  const anyway = question.getByRole('button', { name: 'Sign out anyway' });
  await anyway.click();
  await expect(question.getByRole('alert')).toHaveText('The server cannot be reached.');
  await anyway.click();
  await isForgotten(mira);
});
