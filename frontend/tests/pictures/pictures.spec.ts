// The pictures of the documentation: npm run screenshots. Not a test; nothing here is compared.
import { expect, test } from '../support/journey';

const FOLDER = '../docs/screenshots';
const TALK = [
  ['Rahul', 'Morning! Is the kettle on?'],
  ['Mira', 'Always. ☕️'],
  ['Rahul', 'Then I bring the samosas. Here is the place: https://example.org/samosas'],
  ['Tuli', 'আমিও আসছি, একটু লেবু রেখো।'],
  ['Mira', '🎉'],
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['en-GB', 'bn-BD']) {
    test(`pictures: ${colorScheme}, ${locale}`, async ({ person, stranger }, info) => {
      test.setTimeout(180_000);
      const mira = await person('Mira', { colorScheme, locale, reducedMotion: 'reduce' });
      const people = { Mira: mira, Rahul: await person('Rahul'), Tuli: await person('Tuli') };
      for (const [name, text] of TALK) await people[name].writes(text);
      await people.Rahul.asks('POST', '/rooms', { name: 'tea', title: 'চায়ের ঘর', topic: 'Tea' });
      await people.Rahul.enters();
      const guest = await stranger('Guest', { colorScheme, locale, reducedMotion: 'reduce' });
      const shoot = async (one: typeof mira, view: string) => {
        await expect(one.page.locator('[aria-busy="true"]')).toHaveCount(0);
        const name = [view, info.project.name, colorScheme, locale.slice(0, 2)].join('-');
        await one.page.screenshot({ path: `${FOLDER}/${name}.png` });
      };
      for (const [view, path] of [
        ['sign-in', '/sign-in'],
        ['sign-up', '/sign-up'],
      ] as const) {
        await guest.page.goto(path);
        await expect(guest.page.getByRole('heading', { level: 1 })).toBeVisible();
        await shoot(guest, view);
      }
      await mira.page.goto('/rooms/general');
      await mira.isThere();
      await expect(mira.log).toContainText('🎉');
      await people.Rahul.composer.pressSequentially('Extra');
      await expect(mira.page.locator('.typing p').first()).not.toBeEmpty();
      await shoot(mira, 'room');
      for (const view of ['directory', 'people', 'settings']) {
        await mira.page.goto(`/${view}`);
        await expect(mira.page.getByRole('heading', { level: 1 })).toBeVisible();
        await shoot(mira, view);
      }
      // On a desk the list stands beside the last room, as in the picture of the room.
      if (info.project.name === 'phone') {
        await mira.page.goto('/');
        await expect(mira.rooms.locator('time').first()).toBeVisible();
        await shoot(mira, 'rooms');
      }
    });
  }
}
