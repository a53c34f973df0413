import { expect, NO_SERVER, type Person, test } from '../support/journey';
import { firstVersion, closeDatabase, withoutApp } from '../support/storage';

/** What a person sent last over the socket, and who answers it: the server, or the test. */
async function between(
  person: Person,
  answers: (frame: { type: string; ref?: string; text?: string }) => object | 'nothing' | null,
): Promise<void> {
  await person.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const answer = answers(JSON.parse(String(data)) as { type: string });
      if (answer === null) server.send(data);
      else if (answer !== 'nothing') socket.send(JSON.stringify(answer));
    });
  });
}

const sent = (person: Person) => person.log.getByRole('img', { name: 'Sent', exact: true });

test('half an emoji is sent as what it is, and nothing waits behind it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await rahul.enters();
  // As another program puts it on the clipboard.
  await mira.composer.evaluate((field: HTMLTextAreaElement) => {
    field.value = 'broken \ud83d emoji';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  await mira.sends();
  await mira.says('And the next one.');
  await expect(sent(mira)).toHaveCount(2);
  await rahul.sees('broken \ufffd emoji', 'And the next one.');
});

test('half an emoji that an older version of the app had stored is sent all the same', async ({
  person,
}) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('First.');
  await expect(sent(mira)).toHaveCount(1);
  const { id } = await mira.asks<{ id: number }>('GET', '/users/me');
  const entry = { userId: id, room: 'general', tab: 'gone', at: Date.now() };
  await withoutApp(mira.page);
  await firstVersion(mira.page, [
    { ...entry, clientId: crypto.randomUUID(), text: 'old \udc4d half' },
    { ...entry, clientId: 'damaged', text: null, at: 'never' },
    { ...entry, clientId: crypto.randomUUID(), text: 'old and whole' },
  ]);
  await closeDatabase(mira.page);
  mira.expects(/is damaged and passed over/);
  await mira.enters();
  await mira.sees('old \ufffd half', 'old and whole');
  await expect(sent(mira)).toHaveCount(3);
});

test('a message that nobody answers can be given up, and the next one is sent', async ({
  person,
}) => {
  const mira = await person('Mira');
  await between(mira, ({ text }) => (text === 'Unheard.' ? 'nothing' : null));
  await mira.enters();
  await mira.says('Unheard.');
  await mira.says('The next one.');
  await expect(mira.log.getByText('Not sent yet')).toHaveCount(2);
  await mira.log.getByRole('button', { name: 'Discard' }).first().click();
  await expect(mira.message('Unheard.')).toHaveCount(0);
  await expect(sent(mira)).toHaveCount(1);
  await expect(mira.log.getByText('Not sent yet')).toHaveCount(0);
});

test('what is written without a connection can be given up', async ({ server, person }) => {
  const mira = await person('Mira');
  mira.expects(NO_SERVER, /status of 50\d/);
  await mira.enters();
  await server.kill();
  await mira.says('Never mind.');
  await mira.log.getByRole('button', { name: 'Discard' }).click();
  await expect(mira.message('Never mind.')).toHaveCount(0);
  await server.run();
  await mira.page.evaluate(() => dispatchEvent(new Event('online')));
  await mira.says('This one.');
  await expect(sent(mira)).toHaveCount(1);
  expect((await mira.history()).map(({ text }) => text)).toEqual(['This one.']);
});

test('an edit and a deletion that nobody answers end with words', async ({ person }) => {
  const mira = await person('Mira');
  await between(mira, ({ type }) => (/edit|delete/.test(type) ? 'nothing' : null));
  await mira.enters();
  await mira.says('A message.');
  await expect(sent(mira)).toHaveCount(1);
  await mira.does('Delete', 'A message.');
  const dialog = mira.page.getByRole('dialog', { name: 'Delete' });
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('The server did not answer. Try again.', {
    timeout: 20_000,
  });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await mira.does('Edit', 'A message.');
  await mira.says('Another text.');
  await expect(mira.page.getByText(/was not saved.*did not answer/)).toBeVisible({
    timeout: 20_000,
  });
});

test('what is copied is said, and what cannot be copied too', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.says('A message.');
  await expect(sent(mira)).toHaveCount(1);
  await mira.page.evaluate(() => {
    const refuse = () => Promise.reject(new Error('no'));
    Object.defineProperty(navigator.clipboard, 'writeText', { value: refuse, configurable: true });
  });
  await mira.does('Copy text', 'A message.');
  await expect(mira.page.getByText(/could not be copied/)).toBeVisible();
  await mira.page.evaluate(() => {
    const copy = () => Promise.resolve();
    Object.defineProperty(navigator.clipboard, 'writeText', { value: copy, configurable: true });
  });
  await mira.does('Copy link', 'A message.');
  await expect(mira.page.getByText('Copied')).toBeVisible();
});
