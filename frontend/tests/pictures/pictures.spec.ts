// The pictures of the documentation: npm run screenshots. Not a test; nothing here is compared. They show the
// demo world as Mira sees it, whoever looks at it next.
import { expect, PASSWORD, type Person, test as base } from '../support/journey';
import { Server } from '../support/server';

interface RoomList {
  items: { name: string; peer?: { username: string } | null }[];
}

const FOLDER = process.env['ADDA_PICTURES'] ?? '../docs/screenshots';

// Colours are the scheme's alone and words the language's: each once is both.
const LOOKS = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'bn-BD' },
] as const;

let world: Server;

const test = base.extend({
  // Each has the world as it was made: what Mira looks at is read afterwards.
  server: async ({}, use) => {
    const server = await world.copy();
    await use(server);
    await server.close();
  },
});

test.beforeAll(async ({}, info) => {
  info.setTimeout(300_000);
  world = await Server.withWorld(PASSWORD);
});

test.afterAll(() => world.close());

/** The address of Mira's conversation with somebody. */
async function conversation(mira: Person, other: string): Promise<string> {
  const { items } = await mira.asks<RoomList>('GET', '/rooms?limit=100');
  const room = items.find(({ peer }) => peer?.username === other);
  if (room === undefined) throw new Error(`There is no conversation with ${other}.`);
  return `/rooms/${room.name}`;
}

for (const { colorScheme, locale } of LOOKS) {
  test(`pictures: ${colorScheme}, ${locale}`, async ({ stranger }, info) => {
    test.setTimeout(300_000);
    const wish = { colorScheme, locale, reducedMotion: 'reduce' } as const;
    const shoot = async ({ page }: Person, view: string) => {
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      await page.waitForLoadState('networkidle');
      const name = [view, info.project.name, colorScheme, locale.slice(0, 2)].join('-');
      await page.screenshot({ path: `${FOLDER}/${name}.png` });
    };
    const guest = await stranger('Guest', wish);
    for (const view of ['sign-in', 'sign-up']) {
      await guest.page.goto(`/${view}`);
      await expect(guest.page.getByRole('heading', { level: 1 })).toBeVisible();
      await shoot(guest, view);
    }
    // Some of the others are here, in rooms where nobody looks at what Mira has not read.
    const company = ['Tanvi', 'Rafi', 'Ellie', 'Ben'];
    const others = await Promise.all(company.map((name) => stranger(name)));
    for (const other of others) {
      await other.comesIn();
      await other.enters('square');
    }
    const mira = await stranger('Mira', wish);
    const { page } = mira;
    await mira.comesIn();
    // On a desk the list stands beside what is open, and there is always something open.
    await page.goto(mira.hasTouch ? '/' : '/rooms/square');
    await expect(mira.rooms.locator('time').first()).toBeVisible();
    if (mira.hasTouch) await shoot(mira, 'rooms');
    for (const [view, path] of [
      ['room', '/rooms/square'],
      ['photos', '/rooms/photos'],
      ['code', '/rooms/engineering'],
      ['bengali', '/rooms/bn-adda'],
      ['arabic', '/rooms/majlis'],
      ['private', await conversation(mira, 'ben')],
    ] as const) {
      await page.goto(path);
      await mira.isThere();
      if (view === 'room') {
        // The server passes on one notice a second.
        await expect(async () => {
          await others[2]?.composer.pressSequentially('And');
          await expect(page.locator('main .typing')).toContainText('Ellie', { timeout: 500 });
        }).toPass();
      }
      await shoot(mira, view);
    }
    await page.locator('main header .here').click();
    await expect(page.getByRole('dialog').getByRole('listitem')).not.toHaveCount(0);
    await shoot(mira, 'card');
    for (const [view, path] of [
      ['directory', '/directory'],
      ['people', '/people'],
      ['settings', '/settings'],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await shoot(mira, view);
    }
    await page.goto('/search?q=tea');
    await expect(page.locator('mark').first()).toBeVisible();
    await shoot(mira, 'search');
  });
}
