import { expect, type Person, test } from '../support/journey';

interface Noted {
  title: string;
  body: string;
  room: string;
}

/** Notes what the browser is asked to show, and sounds; the notifications themselves are the browser's own. */
async function notes({ page }: Person): Promise<void> {
  await page.addInitScript(() => {
    const noted = { shown: [] as Notification[], closed: [] as string[], tones: 0 };
    Object.assign(globalThis, { noted });
    const Real = globalThis.Notification;
    globalThis.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        noted.shown.push(this);
      }
      override close(): void {
        noted.closed.push(this.tag);
        super.close();
      }
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      noted.tones += 1;
      start.call(this, when);
    };
  });
}

type Noting = { noted: { shown: Notification[]; closed: string[]; tones: number } };

const shown = ({ page }: Person) =>
  page.evaluate(() =>
    (globalThis as unknown as Noting).noted.shown.map(({ title, body, tag }): Noted => ({
      title,
      body,
      room: tag,
    })),
  );

const closed = ({ page }: Person) =>
  page.evaluate(() => (globalThis as unknown as Noting).noted.closed);

const tones = ({ page }: Person) =>
  page.evaluate(() => (globalThis as unknown as Noting).noted.tones);

/** The person looks at something else, or back: a browser that is driven believes it is always looked at. */
async function looks({ page }: Person, isHere: boolean): Promise<void> {
  await page.evaluate((isHere) => {
    document.hasFocus = () => isHere;
    dispatchEvent(new Event(isHere ? 'focus' : 'blur'));
  }, isHere);
}

/** Enters with the notifications turned on, and looks at something else. */
async function isElsewhere(person: Person, room = 'general'): Promise<void> {
  await person.context.grantPermissions(['notifications']);
  await notes(person);
  await person.page.goto('/settings');
  const choice = person.page.getByRole('switch', { name: 'Notifications on the desktop' });
  await choice.check();
  await expect(choice).toBeChecked();
  await person.enters(room);
  // What listens for it is loaded once the first view stands there.
  await expect
    .poll(() =>
      person.page.evaluate(async () =>
        (await navigator.locks.query()).held?.map((lock) => lock.name),
      ),
    )
    .toContain('adda-speaker');
  await looks(person, false);
}

/** A private message. */
async function writesTo(from: Person, to: Person, text: string): Promise<string> {
  const { id } = await to.asks<{ id: number }>('GET', '/users/me');
  const room = await from.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  const body = { client_id: crypto.randomUUID(), text };
  await from.asks('POST', `/rooms/${room.name}/messages`, body);
  return room.name;
}

test('who looks elsewhere is called by private messages and mentions alone', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await isElsewhere(mira);
  await rahul.writes('Not for anybody in particular.');
  await rahul.writes('Are you there, @mira?');
  const general = { title: 'Rahul · General', body: 'Are you there, @Mira?', room: 'general' };
  await expect.poll(() => shown(mira)).toEqual([general]);
  await expect.poll(() => tones(mira)).toBeGreaterThan(0);
  const room = await writesTo(rahul, mira, 'Only for you.');
  await expect
    .poll(() => shown(mira))
    .toContainEqual({ title: 'Rahul', body: 'Only for you.', room });
  expect(await shown(mira)).toHaveLength(2);
});

test('a press on it leads to its room, and reading elsewhere takes it away', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await isElsewhere(mira);
  const room = await writesTo(rahul, mira, 'Only for you.');
  await expect.poll(() => shown(mira)).toHaveLength(1);
  await mira.asks('PUT', `/rooms/${room}/read`, { seq: 1 });
  await expect.poll(() => closed(mira)).toEqual([room]);
  await rahul.asks('POST', `/rooms/${room}/messages`, {
    client_id: crypto.randomUUID(),
    text: 'And once more.',
  });
  await expect.poll(() => shown(mira)).toHaveLength(2);
  await mira.page.evaluate(() => {
    (globalThis as unknown as Noting).noted.shown[1]?.dispatchEvent(new Event('click'));
  });
  await expect(mira.page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();
});

test('nobody is called who looks at the app, in whichever of its tabs', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await isElsewhere(mira);
  const other = await mira.tab();
  await other.enters();
  await expect
    .poll(() =>
      other.page.evaluate(async () =>
        (await navigator.locks.query()).held?.map((lock) => lock.name),
      ),
    )
    .toContain('adda-looking');
  await rahul.writes('Are you there, @mira?');
  await mira.sees('Are you there, @mira?');
  await looks(other, false);
  await rahul.writes('And now, @mira?');
  await expect
    .poll(async () => (await shown(mira)).map(({ body }) => body))
    .toEqual(['And now, @Mira?']);
});

test('what is chosen for a room holds: everything, or nothing', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await isElsewhere(mira);
  await mira.asks('PATCH', '/rooms/general/preferences', { notifications: 'all' });
  await expect
    .poll(async () => {
      await rahul.writes('Whatever it is.');
      return shown(mira);
    })
    .not.toEqual([]);
  await mira.page.getByRole('button', { name: /About this room/ }).click();
  const choice = mira.page.getByRole('group', { name: 'Notify me of' });
  await expect(choice.getByRole('radio', { name: 'Everything' })).toBeChecked();
  await choice.getByRole('radio', { name: 'Nothing' }).check({ force: true });
  await expect
    .poll(async () => {
      const { items } = await mira.asks<{
        items: { name: string; preferences: { notifications: string } }[];
      }>('GET', '/rooms');
      return items.find(({ name }) => name === 'general')?.preferences.notifications;
    })
    .toBe('nothing');
  const before = (await shown(mira)).length;
  await rahul.writes('Not even you, @mira.');
  const room = await writesTo(rahul, mira, 'But here.');
  await expect.poll(async () => (await shown(mira)).at(-1)?.room).toBe(room);
  expect(await shown(mira)).toHaveLength(before + 1);
});

test('who missed something is asked when they return, and before the browser asks', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await notes(mira);
  await mira.page.addInitScript(() => {
    // A browser that is driven refuses without asking.
    Object.defineProperty(Notification, 'permission', { get: () => 'default' });
    Notification.requestPermission = () => Promise.resolve('granted');
  });
  await mira.enters();
  await expect
    .poll(() =>
      mira.page.evaluate(async () =>
        (await navigator.locks.query()).held?.map((lock) => lock.name),
      ),
    )
    .toContain('adda-speaker');
  await looks(mira, false);
  await rahul.writes('Are you there, @mira?');
  await expect.poll(() => tones(mira)).toBeGreaterThan(0);
  await looks(mira, true);
  const question = mira.page.getByRole('region', { name: 'Notifications' });
  await expect(question).toContainText('Rahul wrote while you looked elsewhere.');
  await question.getByRole('button', { name: 'Not now' }).click();
  await expect(question).toHaveCount(0);
  await looks(mira, false);
  await rahul.writes('And now, @mira?');
  await mira.sees('And now, @mira?');
  await looks(mira, true);
  await expect(question).toHaveCount(0);
});

test('a choice that is refused is not shown as one that holds', async ({ person }) => {
  const mira = await person('Mira');
  const { page } = mira;
  await page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
  });
  await page.goto('/settings');
  const notices = page.getByRole('switch', { name: 'Notifications on the desktop' });
  await notices.click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(notices).not.toBeChecked();

  // Nor what the server does not take.
  mira.expects(/Failed to load resource|ERR_FAILED/);
  await page.route('**/api/v1/users/me', (route) =>
    route.request().method() === 'PATCH' ? route.abort() : route.fallback(),
  );
  const receipts = page.getByRole('switch', { name: 'Show what I have read' });
  await expect(receipts).toBeChecked();
  await receipts.click();
  await expect(page.getByRole('alert')).toHaveCount(2);
  await expect(receipts).toBeChecked();

  await page.route('**/rooms/general/preferences', (route) => route.fulfill({ status: 403 }));
  await mira.enters();
  await page.getByRole('button', { name: /About this room/ }).click();
  const nothing = page.getByRole('radio', { name: 'Nothing' });
  await page.locator('label').filter({ has: nothing }).click();
  await expect(page.getByText('That could not be changed. Try again.')).toBeVisible();
  await expect(nothing).not.toBeChecked();
  await expect(page.getByRole('radio', { name: 'Mentions' })).toBeChecked();
});
