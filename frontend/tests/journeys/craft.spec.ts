// Sizes, colours around the page, and frames of the focus: what is right everywhere or is not right.
import type { Locator } from '@playwright/test';

import { expect, type Person, test } from '../support/journey';

/** The colours of the paper, light and dark. */
const PAPERS = { light: '#fbf7f0', dark: '#191512' };

async function bars({ page }: Person): Promise<string[]> {
  return page.locator('meta[name="theme-color"]').evaluateAll((all) =>
    all
      .map((it) => it as HTMLMetaElement)
      .filter((it) => matchMedia(it.media).matches)
      .map((it) => it.content),
  );
}

test('the bar of the browser has the colour of the page, whoever chose it', async ({ person }) => {
  const mira = await person('Mira', { colorScheme: 'dark' });
  const { page } = mira;
  await page.goto('/settings');
  await expect.poll(() => bars(mira)).toEqual([PAPERS.dark]);
  for (const [choice, paper] of [
    ['Light', PAPERS.light],
    ['Dark', PAPERS.dark],
  ] as const) {
    await page.getByRole('radio', { name: choice }).check();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => bars(mira)).toEqual([paper]);
    }
  }
  await page.getByRole('radio', { name: 'System' }).check();
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => bars(mira)).toEqual([PAPERS.light]);
  const response = await page.request.get('/manifest.webmanifest');
  const manifest = (await response.json()) as Record<string, unknown>;
  const both = (paper: string) => ({ background_color: paper, theme_color: paper });
  expect(manifest).toMatchObject({ ...both(PAPERS.light), color_scheme_dark: both(PAPERS.dark) });
});

/** How high it is for a finger: what lies above and below it and is pressed with it counts too. */
const reachOf = (target: Locator): Promise<number> =>
  target.evaluate((it) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    const isHit = (y: number) =>
      it.contains(document.elementFromPoint((left + right) / 2, y + 0.5));
    let [from, to] = [Math.round((top + bottom) / 2), Math.round((top + bottom) / 2)];
    while (isHit(from - 1)) from -= 1;
    while (isHit(to)) to += 1;
    return to - from;
  });

test('a rem is the size that the person has set, and fingers hit what they press', async ({
  person,
  isMobile,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const { page } = mira;
  const size = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((it) => getComputedStyle(it).fontSize);
  await mira.enters();
  await mira.says('Good morning');
  await mira.sees('Good morning');
  expect(await size('html')).toBe('16px');
  expect(await size('.message .body p')).toBe(isMobile ? '16px' : '15px');
  await rahul.writes('Good morning, Mira');
  await mira.sees('Good morning, Mira');
  for (const name of ['General', 'About Rahul']) {
    const target = page.getByRole('main').getByRole('button', { name, exact: true });
    expect(await reachOf(target.first()), name).toBeGreaterThanOrEqual(44);
  }
  await page.goto('/settings');
  await expect(page.locator('input[name="display_name"]')).toBeVisible();
  if (isMobile) {
    const sizes = await page
      .locator('input:not([type="radio"], [type="checkbox"], [type="file"])')
      .evaluateAll((all) => all.map((it) => parseFloat(getComputedStyle(it).fontSize)));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
  }
  const low = await page
    .locator('main button:visible, main a:visible')
    .evaluateAll((all) =>
      all
        .filter((it) => it.getBoundingClientRect().height < (it.closest('.input') ? 42 : 44))
        .map((it) => it.outerHTML.slice(0, 80)),
    );
  expect(low).toEqual([]);
});

/** What has the focus by keyboard and is cut on its way through the boxes that scroll or clip. */
async function cutFrames({ page }: Person): Promise<string[]> {
  const seen = new Set<string>();
  const cut: string[] = [];
  await page.locator('a:visible, button:visible').first().focus();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      // A drawn control shows the focus of the input that lies in it.
      const style = getComputedStyle(element);
      const width = style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
      const reach = width === 0 ? 0 : width + parseFloat(style.outlineOffset);
      const box = element.getBoundingClientRect();
      const name = `${element.tagName} ${element.className} ${element.textContent?.trim().slice(0, 30)}`;
      const sides = (clip: { top: number; left: number; right: number; bottom: number }) =>
        box.top - reach < clip.top - 0.5 ||
        box.left - reach < clip.left - 0.5 ||
        box.right + reach > clip.right + 0.5 ||
        box.bottom + reach > clip.bottom + 0.5;
      const window = { top: 0, left: 0, right: innerWidth, bottom: innerHeight };
      let isCut = style.clipPath === 'none' && sides(window);
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        const { overflowX, overflowY, clipPath } = getComputedStyle(up);
        if (clipPath !== 'none') return { name, isCut: false };
        if (overflowX === 'visible' && overflowY === 'visible') continue;
        const outer = up.getBoundingClientRect();
        const left = outer.left + up.clientLeft;
        const top = outer.top + up.clientTop;
        const inner = { left, top, right: left + up.clientWidth, bottom: top + up.clientHeight };
        isCut ||= sides(inner);
      }
      return { name, isCut };
    });
    if (!found) break;
    if (seen.has(found.name)) continue;
    seen.add(found.name);
    if (found.isCut) cut.push(found.name);
  }
  expect(seen.size).toBeGreaterThan(1);
  return cut;
}

test('no frame of the focus is cut', async ({ person, stranger }) => {
  test.setTimeout(120_000);
  const mira = await person('Mira');
  const rahul = await person('Rahul');
  for (let at = 0; at < 12; at += 1) {
    await rahul.asks('POST', '/rooms', { name: `tea-${at}`, title: `Tea ${at}` });
    await mira.asks('PUT', `/rooms/tea-${at}/membership`);
  }
  const cut: Record<string, string[]> = {};
  for (const path of ['/', '/directory', '/people', '/settings', '/search', '/rooms/general']) {
    await mira.page.goto(path);
    await expect(mira.page.getByRole('heading', { level: 1 }).first()).toBeAttached();
    await mira.page.waitForLoadState('networkidle');
    await expect(mira.page.locator('[aria-busy="true"]')).toHaveCount(0);
    cut[path] = await cutFrames(mira);
  }
  await mira.page.locator('header .here').click();
  await expect(mira.page.getByRole('dialog').getByText('@rahul')).toBeVisible();
  cut['about'] = await cutFrames(mira);
  const guest = await stranger('Guest');
  for (const path of ['/sign-up', '/sign-in']) {
    await guest.page.goto(path);
    await expect(guest.page.getByRole('heading', { level: 1 })).toBeVisible();
    cut[path] = await cutFrames(guest);
  }
  expect(cut).toEqual(Object.fromEntries(Object.keys(cut).map((path) => [path, []])));
});
