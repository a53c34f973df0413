// Browsers that lack something, or refuse it: Adda does with less, and says so where it matters.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Page, type Route } from '@playwright/test';

import { expect, NO_SERVER, PASSWORD, type Person, test } from '../support/journey';

/** What runs in the page before the app does. */
type Lack = () => void;

const LACKS: Record<string, Lack> = {
  'no IndexedDB': () => {
    Object.defineProperty(window, 'indexedDB', { value: undefined });
  },
  'an IndexedDB that throws': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
  },
  'an IndexedDB that fails to open': () => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (name) {
      // As one that a later version made.
      open.call(this, name, 99);
      return open.call(this, name, 1);
    };
  },
  'an IndexedDB that never answers': () => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...which) {
      const request = open.apply(this, which);
      for (const event of ['success', 'error', 'blocked', 'upgradeneeded']) {
        request.addEventListener(event, (said) => said.stopImmediatePropagation());
      }
      return request;
    };
  },
  'an IndexedDB that is full': () => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('There is no space.', 'QuotaExceededError');
    };
  },
  'no Intl.Segmenter': () => {
    Object.defineProperty(Intl, 'Segmenter', { value: undefined });
  },
  'a localStorage that throws': () => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('Access is denied.', 'SecurityError');
      },
    });
  },
  'a localStorage that is full': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('There is no space.', 'QuotaExceededError');
    };
  },
  'no locks': () => {
    Object.defineProperty(navigator, 'locks', { value: undefined });
  },
  'locks that are refused': () => {
    const refused = () => Promise.reject(new DOMException('Access is denied.', 'SecurityError'));
    LockManager.prototype.request = refused;
    LockManager.prototype.query = refused;
  },
  'no BroadcastChannel': () => {
    Object.defineProperty(window, 'BroadcastChannel', { value: undefined });
  },
  'no randomUUID and no service worker': () => {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined });
    Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
  },
};

LACKS['none of all this'] = everything(
  LACKS['no IndexedDB'],
  LACKS['no Intl.Segmenter'],
  LACKS['a localStorage that throws'],
  LACKS['no locks'],
  LACKS['no BroadcastChannel'],
  LACKS['no randomUUID and no service worker'],
);

/** One that runs them all, as a text, since functions travel to the page so. */
function everything(...lacks: (Lack | undefined)[]): Lack {
  return new Function(lacks.map((lack) => `(${String(lack)})();`).join('\n')) as Lack;
}

const KEEPS_NOTHING = 'Your browser keeps nothing for Adda';
const KEEPS_NO_COOKIES = 'Your browser keeps no cookies';

async function canTalk(person: Person, text: string): Promise<void> {
  await person.isThere();
  await person.says(text);
  await person.sees(text);
  await expect(person.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
}

for (const [lack, make] of Object.entries(LACKS)) {
  test(`with ${lack} one signs up, talks and comes back`, async ({ stranger }) => {
    const mira = await stranger('Mira');
    mira.expects(/status of 401/);
    await mira.page.addInitScript(make);
    await mira.signUp();
    await canTalk(mira, 'With less.');
    const isWarned = lack.includes('IndexedDB') || lack.startsWith('none');
    await expect(mira.page.getByText(KEEPS_NOTHING)).toHaveCount(isWarned ? 1 : 0);
    // The cookie is there, whatever else is not.
    await mira.page.reload();
    await mira.isThere();
    await mira.sees('With less.');
    if (isWarned) {
      await mira.page.getByRole('button', { name: 'All right' }).click();
      await expect(mira.page.getByText(KEEPS_NOTHING)).toHaveCount(0);
    }
  });
}

test('a stranger with none of all this is not told that they were signed out', async ({
  stranger,
}) => {
  const mira = await stranger('Mira');
  mira.expects(/status of 401/);
  await mira.page.addInitScript(LACKS['none of all this'] as Lack);
  await mira.page.goto('/');
  await expect(mira.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(mira.page.getByText('was signed out')).toHaveCount(0);
});

test('who keeps nothing and loses the connection still sends what was written', async ({
  server,
  stranger,
}) => {
  const mira = await stranger('Mira');
  mira.expects(NO_SERVER, /status of/);
  await mira.page.addInitScript(LACKS['none of all this'] as Lack);
  await mira.signUp();
  await mira.isThere();
  await server.kill();
  await mira.says('In the dark.');
  await expect(mira.log.getByRole('img', { name: /Sending|Waiting/ })).toHaveCount(1);
  await server.run();
  await expect(mira.log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
});

test('with all cookies blocked one is told, and stays until the page is closed', async ({
  server,
  launchOptions,
}) => {
  // The browser's own setting: it takes localStorage, IndexedDB and more away with the cookies.
  const profile = await mkdtemp(join(tmpdir(), 'adda-profile-'));
  await mkdir(join(profile, 'Default'));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(blocked));
  const { args = [], executablePath } = launchOptions;
  const context = await chromium.launchPersistentContext(profile, {
    args,
    ...(executablePath === undefined ? {} : { executablePath }),
    baseURL: server.origin,
    locale: 'en-GB',
  });
  const page: Page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));

  await page.goto('/sign-up');
  await expect(page.getByText(KEEPS_NO_COOKIES)).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Mira');
  await page.getByLabel('Username').fill('mira');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  const log = page.getByRole('log');
  await expect(log).toHaveAttribute('aria-busy', 'false');
  await expect(page.getByText(KEEPS_NO_COOKIES)).toBeVisible();
  await page.locator('.composer textarea').fill('Without cookies.');
  await page.locator('.composer textarea').press('Enter');
  await expect(log.getByRole('img', { name: 'Sent', exact: true })).toHaveCount(1);
  // Its token is renewed without a cookie, when the server wants a new one.
  const json = { type: '', title: '', status: 401, code: 'unauthorized', detail: '' };
  const refuse = (route: Route) => route.fulfill({ status: 401, json });
  await page.route('**/api/v1/auth/sessions', refuse, { times: 1 });
  const renewed = page.waitForResponse(/auth\/refresh$/);
  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  expect((await renewed).status()).toBe(200);
  await expect(page.getByText('This device')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  expect(errors).toEqual([]);
  await context.close();
  await rm(profile, { recursive: true, force: true });
});
