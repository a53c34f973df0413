import { expect, type Person, test } from '../support/journey';

/** So many rooms that the list is longer than any window. */
async function manyRooms(...people: Person[]): Promise<void> {
  for (let at = 1; at <= 18; at += 1) {
    await people[0]?.asks('POST', '/rooms', { name: `room-${at}`, title: `Room ${at}` });
    for (const one of people.slice(1)) await one.asks('PUT', `/rooms/room-${at}/membership`);
  }
}

async function writesTo(one: Person, room: string, text: string): Promise<void> {
  const body = { client_id: crypto.randomUUID(), text };
  await one.asks('POST', `/rooms/${room}/messages`, body);
}

async function conversation(one: Person, other: Person): Promise<string> {
  const { id } = await other.asks<{ id: number }>('GET', '/users/me');
  const room = await one.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  return room.name;
}

const isPhone = (one: Person) => (one.page.viewportSize()?.width ?? 0) < 700;

test('a private message is seen where one looks, however many rooms there are', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await manyRooms(mira);
  await mira.enters();
  const room = await conversation(rahul, mira);
  await writesTo(rahul, room, 'Are you there?');
  if (isPhone(mira)) {
    const line = mira.page.getByRole('link', { name: 'New: Rahul' });
    await expect(line).toBeInViewport();
    await line.click();
  } else {
    const entry = mira.rooms.getByRole('link', { name: /^Rahul/ });
    await expect(entry).toBeInViewport();
    await entry.click();
  }
  await mira.sees('Are you there?');
  await expect(mira.page.getByText(/^New: /)).toHaveCount(0);
});

test('what is unread out of sight is told at the edge of the list, and led to', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await manyRooms(mira, rahul);
  await mira.enters('general');
  if (isPhone(mira)) await mira.page.goto('/');
  const list = mira.rooms.locator('.rooms');
  await expect(list.getByRole('link', { name: /^Room 1 / })).toHaveCount(1);
  await expect(mira.page.getByRole('button', { name: /^New: / })).toHaveCount(0);
  // The oldest word makes a room the last one; it stands there until somebody says something new.
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await writesTo(rahul, 'room-7', 'A word.');
  const up = mira.page.getByRole('button', { name: 'New: Room 7 (further up)' });
  await expect(up).toBeInViewport();
  const private_room = await conversation(rahul, mira);
  await writesTo(rahul, private_room, 'And in private.');
  await expect(
    mira.page.getByRole('button', { name: 'New: Rahul and 1 more (further up)' }),
  ).toBeInViewport();
  await mira.page.getByRole('button', { name: /^New: Rahul/ }).click();
  const entry = list.getByRole('link', { name: /^Rahul/ });
  await expect(entry).toBeInViewport();
  await expect(entry).toBeFocused();
  await expect(mira.page.getByRole('button', { name: /^New: / })).toHaveCount(0);
});

test('what is unread below what is seen is told too', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await manyRooms(mira, rahul);
  for (let at = 1; at <= 18; at += 1) await writesTo(mira, `room-${at}`, `In room ${at}.`);
  // Unread, and older than everything that was said since.
  await writesTo(rahul, 'general', 'Long ago.');
  for (let at = 1; at <= 18; at += 1) await writesTo(mira, `room-${at}`, `Again in room ${at}.`);
  await mira.page.goto(isPhone(mira) ? '/' : '/people');
  const down = mira.page.getByRole('button', { name: /^New: .*General.*\(further down\)$/ });
  await expect(down).toBeInViewport();
  await down.click();
  await expect(mira.rooms.getByRole('link', { name: /^General/ })).toBeInViewport();
  await expect(down).toHaveCount(0);
});

test('a room opens where somebody else began to speak, however much was sent elsewhere before', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const texts = (from: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${from} ${at + 1}`);
  await mira.writes(...texts('By another program', 130));
  await rahul.writes(...texts('Answer', 25));
  await mira.enters();
  const divider = mira.log.getByRole('separator', { name: 'New messages' });
  await expect(divider).toBeInViewport();
  await expect(mira.message('Answer 1').first()).toBeInViewport();
});
