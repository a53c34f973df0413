import { expect, PASSWORD, type Person, test } from '../support/journey';
import type { Server } from '../support/server';

/** So many people with accounts, who have never opened the app. */
async function crowd({ api }: Server, count: number): Promise<void> {
  const register = async (number: number) => {
    const response = await fetch(`${api}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        username: `person${number}`,
        display_name: `Person ${number}`,
        password: PASSWORD,
      }),
    });
    expect(response.status).toBe(201);
  };
  for (let first = 1; first <= count; first += 10) {
    const some = Array.from({ length: Math.min(10, count - first + 1) }, (_, at) => first + at);
    await Promise.all(some.map(register));
  }
}

const card = ({ page }: Person, name: string) =>
  page.getByRole('dialog', { name: `About ${name}` });

test('a face, a name and a mention open the card of whom they name', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.asks('POST', '/rooms', { name: 'tea', title: 'Tea' });
  await mira.asks('PUT', '/rooms/tea/membership');
  await rahul.asks('POST', '/rooms', { name: 'alone', title: 'Alone' });
  await rahul.writes('Where is @mira?');
  await rahul.page.goto('/directory');
  await mira.enters();
  const message = mira.message('Where is');
  await message.getByRole('button', { name: 'Rahul', exact: true }).click();
  await expect(card(mira, 'Rahul')).toContainText('@rahul');
  await expect(card(mira, 'Rahul')).toContainText('Here now');
  const shared = card(mira, 'Rahul').getByRole('region', { name: 'Rooms you share' });
  await expect(shared.getByRole('link')).toHaveText([/General/, /Tea/]);
  await mira.page.keyboard.press('Escape');
  await expect(card(mira, 'Rahul')).toHaveCount(0);
  await expect(message.getByRole('button', { name: 'Rahul', exact: true })).toBeFocused();

  await message.locator('.mention').click();
  await expect(card(mira, 'Mira').getByRole('link', { name: 'Edit your profile' })).toBeVisible();
  await mira.page.keyboard.press('Escape');

  await mira.log.locator('.beside').getByRole('button', { name: 'About Rahul' }).click();
  await card(mira, 'Rahul').getByRole('button', { name: 'Message' }).click();
  await expect(mira.page.getByRole('heading', { name: 'Rahul', level: 1 })).toBeVisible();
  await expect(card(mira, 'Rahul')).toHaveCount(0);
});

test('the server has a card, and no account behind it', async ({ person }) => {
  const mira = await person('Mira');
  await mira.enters();
  await mira.log.locator('.beside').getByRole('button', { name: 'About Adda' }).click();
  await expect(card(mira, 'Adda')).toContainText('The server speaks under this name.');
  await expect(card(mira, 'Adda').getByRole('button')).toHaveCount(1);
  await expect(card(mira, 'Adda').getByRole('alert')).toHaveCount(0);
});

test('the title and the face at the head open what they name', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const me = await rahul.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${me.id}/private-room`);
  await rahul.page.goto('/directory');
  await mira.enters();
  await mira.page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await expect(mira.page.getByRole('dialog', { name: 'About General' })).toBeVisible();
  await mira.enters(name);
  await mira.page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await expect(card(mira, 'Rahul')).toContainText('@rahul');
});

test('the members of a large room: who is here stands first, the others come as one scrolls', async ({
  person,
  server,
}) => {
  const mira = await person('Mira');
  await crowd(server, 70);
  const zoe = await person('Zoe');
  await zoe.enters();
  await mira.enters();
  await mira.page.getByRole('button', { name: /About this room/ }).click();
  const about = mira.page.getByRole('dialog', { name: 'About General' });
  await expect(about).toContainText('72 members');
  const here = about.getByRole('region', { name: 'Here now · 2' });
  await expect(here.getByRole('listitem')).toHaveText([/Mira/, /Zoe/]);
  const away = about.getByRole('region', { name: 'Away' });
  const rows = away.getByRole('listitem');
  await expect(rows).not.toHaveCount(70);
  for (let scrolls = 0; scrolls < 20 && (await rows.count()) < 70; scrolls += 1) {
    const before = await rows.count();
    await rows.last().scrollIntoViewIfNeeded();
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
  }
  await expect(rows).toHaveCount(70);

  await about.getByRole('searchbox').fill('person 69');
  await expect(about.getByRole('listitem')).toHaveText([/Person 69/]);
  await about.getByRole('searchbox').fill('nobody at all');
  await expect(about).toContainText('No member is called “nobody at all”.');
});

test('the directories go on as one scrolls', async ({ person, server }) => {
  const mira = await person('Mira');
  await crowd(server, 70);
  await mira.page.goto('/people');
  const everybody = mira.page.getByRole('region', { name: 'Everybody' }).getByRole('listitem');
  await expect(everybody.first()).toBeVisible();
  for (let scrolls = 0; scrolls < 20 && (await everybody.count()) < 71; scrolls += 1) {
    await everybody.last().scrollIntoViewIfNeeded();
    await mira.page.mouse.wheel(0, 2_000);
  }
  await expect(everybody).toHaveCount(71);
});
