// The browser's database, shared by tabs of different versions, and damaged.
import { expect, type Person, test } from '../support/journey';
import { picks } from '../support/pictures';
import { firstVersion, closeDatabase, opens, withoutApp } from '../support/storage';

const KEEPS_NOTHING = 'Your browser keeps nothing for Adda';
const NEWER = 'A newer version of Adda is open in another tab.';
const DAMAGED = /is damaged and passed over/;

const sent = (person: Person) => person.log.getByRole('img', { name: 'Sent', exact: true });

/** What every message of the first version said, but for its text. */
async function entryOf(person: Person): Promise<object> {
  const { id } = await person.asks<{ id: number }>('GET', '/users/me');
  return { userId: id, room: 'general', tab: 'gone', at: Date.now() };
}

test('an old tab lets go of the database for a newer version, and goes on', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  const newer = await mira.tab();
  await withoutApp(newer.page);
  await opens(newer.page, 99);
  await expect(mira.page.getByText(NEWER)).toBeVisible();
  await mira.says('From the old tab.');
  await expect(sent(mira)).toHaveCount(1);
  await mira.composer.fill('not finished');
  await mira.page.getByRole('button', { name: 'Reload to use it here' }).click();
  await mira.isThere();
  await mira.sees('From the old tab.');
  await expect(mira.composer).toHaveValue('not finished');
  await expect(mira.page.getByText(NEWER)).toHaveCount(0);
});

test('the app starts beside a tab that does not let go, and takes over once that is gone', async ({
  person,
}) => {
  const mira = await person('Mira');
  const old = await mira.tab();
  await withoutApp(mira.page);
  await withoutApp(old.page);
  const entry = await entryOf(mira);
  await firstVersion(old.page, [{ ...entry, clientId: crypto.randomUUID(), text: 'Left behind.' }]);
  await mira.enters();
  await expect(mira.page.getByText(KEEPS_NOTHING)).toBeVisible();
  await mira.says('Meanwhile.');
  await expect(sent(mira)).toHaveCount(1);
  await closeDatabase(old.page);
  await mira.sees('Left behind.', 'Meanwhile.');
  await expect(sent(mira)).toHaveCount(2);
  await expect(mira.page.getByText(KEEPS_NOTHING)).toHaveCount(0);
});

test('a browser that has no space any more says so, and sends', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given) {
      if (this.name !== 'files') return put.apply(this, given);
      throw new DOMException('There is no space.', 'QuotaExceededError');
    };
  });
  const line = mira.page.getByText('Your browser has no space left');
  const buffer = Buffer.from('All about tea.');
  await picks(mira, 'Files', [{ name: 'tea.txt', mimeType: 'text/plain', buffer }]);
  await mira.says('Here it is.');
  await expect(line).toBeVisible();
  await expect(sent(mira)).toHaveCount(1);
  await mira.page.getByRole('button', { name: 'All right' }).click();
  await expect(line).toHaveCount(0);
});

test('what the first version stored is sent and shown, and what is damaged holds nothing up', async ({
  person,
}) => {
  const mira = await person('Mira');
  mira.expects(DAMAGED);
  await withoutApp(mira.page);
  const entry = await entryOf(mira);
  const refusal = { code: 'not_a_member', detail: 'No.' };
  await firstVersion(
    mira.page,
    [
      { ...entry, clientId: 'a', text: null },
      { ...entry, clientId: crypto.randomUUID(), text: 'Whole.' },
      { ...entry, clientId: 'b', text: 'Refused.', refusal },
      { ...entry, clientId: 'c' },
      { ...entry, clientId: 'd', text: 'When?', at: 'never' },
      { ...entry, clientId: 'e', text: 'Where?', room: 7 },
    ],
    'half a thought',
  );
  await closeDatabase(mira.page);
  await mira.enters();
  await mira.sees('Whole.', 'Refused.');
  await expect(sent(mira)).toHaveCount(1);
  await expect(mira.log.getByText('Not sent:')).toHaveCount(1);
  await expect(mira.composer).toHaveValue('half a thought');
  expect((await mira.history()).map(({ text }) => text)).toEqual(['Whole.']);
});

test('what no version could have stored is passed over, and the app starts', async ({ person }) => {
  const mira = await person('Mira');
  mira.expects(DAMAGED);
  await mira.enters();
  await mira.says('First.');
  await expect(sent(mira)).toHaveCount(1);
  await withoutApp(mira.page);
  const entry = { ...(await entryOf(mira)), state: { kind: 'ready' } };
  const content = { kind: 'text', text: 'Whole.' };
  await opens(mira.page, null, [
    { clientId: 'a' },
    { ...entry, clientId: 'b', content: { kind: 'of a later version' } },
    { ...entry, clientId: 'c', content, state: 'sent' },
    { ...entry, clientId: 'd', content: [], tab: {} },
    { ...entry, clientId: crypto.randomUUID(), content },
  ]);
  await mira.page.evaluate(() => {
    for (const text of ['', '{', '[]', '{"tab":1}']) {
      localStorage.setItem(`adda.outgoing.broken-${text.length}`, text);
    }
  });
  await mira.enters();
  await mira.sees('First.', 'Whole.');
  await expect(sent(mira)).toHaveCount(2);
});
