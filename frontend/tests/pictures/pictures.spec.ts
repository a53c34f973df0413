// The pictures of the documentation: npm run screenshots. Not a test; nothing here is compared. They show the
// demo world as Mira sees it, whoever looks at it next.
import { expect, PASSWORD, type Person, test as base } from '../support/journey';
import { Server } from '../support/server';

interface RoomList {
  items: { name: string; peer?: { username: string } | null }[];
}

const FOLDER = process.env['ADDA_PICTURES'] ?? '../docs/screenshots';

let world: Server;

const test = base.extend({
  // One world for all: nobody in a picture changes anything.
  server: async ({}, use) => {
    await use(world);
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

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['en-GB', 'bn-BD']) {
    test(`pictures: ${colorScheme}, ${locale}`, async ({ stranger }, info) => {
      test.setTimeout(300_000);
      const wish = { colorScheme, locale, reducedMotion: 'reduce' } as const;
      const shoot = async (one: Person, view: string) => {
        await expect(one.page.locator('[aria-busy="true"]')).toHaveCount(0);
        await one.page.waitForLoadState('networkidle');
        const name = [view, info.project.name, colorScheme, locale.slice(0, 2)].join('-');
        await one.page.screenshot({ path: `${FOLDER}/${name}.png` });
      };
      const guest = await stranger('Guest', wish);
      for (const view of ['sign-in', 'sign-up']) {
        await guest.page.goto(`/${view}`);
        await expect(guest.page.getByRole('heading', { level: 1 })).toBeVisible();
        await shoot(guest, view);
      }
      const mira = await stranger('Mira', wish);
      await mira.comesIn();
      // On a desk the list stands beside each of these.
      if (info.project.name === 'phone') {
        await mira.page.goto('/');
        await expect(mira.rooms.locator('time').first()).toBeVisible();
        await shoot(mira, 'rooms');
      }
      for (const [view, path] of [
        ['room', '/rooms/tea'],
        ['photos', '/rooms/photos'],
        ['code', '/rooms/engineering'],
        ['bengali', '/rooms/bn-adda'],
        ['arabic', '/rooms/majlis'],
        ['private', await conversation(mira, 'ben')],
      ] as const) {
        await mira.page.goto(path);
        await mira.isThere();
        await shoot(mira, view);
      }
      for (const [view, path] of [
        ['directory', '/directory'],
        ['people', '/people'],
        ['settings', '/settings'],
      ] as const) {
        await mira.page.goto(path);
        await expect(mira.page.getByRole('heading', { level: 1 })).toBeVisible();
        await shoot(mira, view);
      }
      await mira.page.goto('/search?q=tea');
      await expect(mira.page.locator('mark').first()).toBeVisible();
      await shoot(mira, 'search');
    });
  }
}
