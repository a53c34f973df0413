// The accessibility of what is shown, by the rules of WCAG 2.2 AA.
import axe from 'axe-core';

import { expect, type Person } from './journey';

export async function expectAccessible(person: Person): Promise<void> {
  const { page } = person;
  // Every view has its heading, once it is there.
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  // Colours on their way to others have no contrast to speak of.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((it) => it.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((it) => it.finished));
  });
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`),
    }));
  });
  expect(found, `axe in ${page.url()}`).toEqual([]);
}
