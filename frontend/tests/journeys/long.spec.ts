import { expect, type Person, test } from '../support/journey';

/** Writes numbered messages, so that their order is that of the numbers. */
async function fill(person: Person, from: number, to: number): Promise<void> {
  for (let at = from; at <= to; at += 1) await person.writes(`number ${at}`);
}

/** Writes many at once: their order is the server's. */
async function flood(person: Person, count: number): Promise<void> {
  let next = 0;
  const write = async () => {
    while (next < count) await person.writes(`flood ${(next += 1)}`);
  };
  await Promise.all(Array.from({ length: 50 }, write));
}

/**
 * Scrolls through the room up to its beginning, as a person would, and collects what is shown. At
 * each step what is shown must be a run of the room as the server has it: no hole and no disorder.
 */
async function climb(
  person: Person,
  texts: readonly string[],
): Promise<{ seen: number; torn: string[] }> {
  return person.page.evaluate(async (order) => {
    const places = new Map(order.map((text, at) => [text, at]));
    const log = document.querySelector('[role="log"]') as HTMLElement;
    const seen = new Set<string>();
    const torn: string[] = [];
    const paint = () => new Promise((done) => requestAnimationFrame(done));
    const look = () => {
      const rows = [...log.querySelectorAll<HTMLElement>('[data-index]')]
        .sort((a, b) => Number(a.dataset['index']) - Number(b.dataset['index']))
        .flatMap((row) => [...row.querySelectorAll('.message .body p')])
        .map((text) => text.textContent.trim());
      rows.forEach((text, at) => {
        seen.add(text);
        const before = rows[at - 1];
        if (before !== undefined && places.get(text) !== (places.get(before) ?? NaN) + 1) {
          torn.push(`${before} | ${text}`);
        }
      });
    };
    const isAtBeginning = () => /This is where/.test(log.textContent);
    look();
    let last = performance.now();
    while (!(isAtBeginning() && log.scrollTop === 0)) {
      const before = log.scrollTop;
      log.scrollTop = Math.max(0, before - log.clientHeight);
      await paint();
      await paint();
      look();
      if (log.scrollTop !== before) last = performance.now();
      if (performance.now() - last > 20_000) throw new Error(`Stuck after ${seen.size} messages.`);
    }
    look();
    return { seen: seen.size, torn: torn.slice(0, 5) };
  }, texts);
}

test('ten thousand messages can be scrolled through to the beginning', async ({ person }) => {
  test.setTimeout(600_000);
  const rahul = await person('Rahul');
  await flood(rahul, 10_000);
  const texts = (await rahul.whole()).map((message) => message.text ?? '');
  expect(new Set(texts).size).toBe(10_001);
  const mira = await person('Mira');
  await mira.asks('PUT', '/rooms/general/read', { seq: 10_001 });
  await mira.enters();
  await mira.sees(texts.at(-1) ?? '');
  expect(await climb(mira, texts)).toEqual({ seen: 10_001, torn: [] });
});

test('five hundred messages in a second are all there, in their order', async ({ person }) => {
  test.setTimeout(120_000);
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.enters();
  await flood(rahul, 500);
  const texts = (await rahul.whole()).map((message) => message.text ?? '');
  await mira.sees(texts.at(-1) ?? '');
  expect(await climb(mira, texts)).toEqual({ seen: 501, torn: [] });
});

test('a link to a message opens its surroundings, and there is a way back', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await fill(rahul, 1, 240);
  await mira.asks('PUT', '/rooms/general/read', { seq: 241 });
  await mira.enters('general', '?at=40');
  await expect(mira.log.getByText('number 40', { exact: true })).toBeInViewport();
  await expect(mira.log.getByText('number 240', { exact: true })).toHaveCount(0);
  await rahul.writes('Something new');
  const back = mira.page.getByRole('button', { name: /latest|new message/i });
  await back.click();
  await expect(mira.log.getByText('Something new', { exact: true })).toBeInViewport();
  await expect(mira.page).toHaveURL(/\/rooms\/general$/);
  await expect(mira.log.getByText('number 240', { exact: true })).toBeInViewport();
});

test('new messages do not move who reads older ones, and are counted', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await fill(rahul, 1, 60);
  await mira.asks('PUT', '/rooms/general/read', { seq: 61 });
  await mira.enters();
  await expect(mira.log.getByText('number 60', { exact: true })).toBeInViewport();
  await mira.log.hover();
  await mira.page.mouse.wheel(0, -800);
  await expect(mira.log.getByText('number 60', { exact: true })).not.toBeInViewport();
  await expect(mira.page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  const first = await mira.log.evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const texts = [...log.querySelectorAll('.message .body p')];
    return texts.find((text) => text.getBoundingClientRect().top > top + 100)?.textContent ?? '';
  });
  const anchor = mira.log.getByText(first.trim(), { exact: true });
  await expect(anchor).toBeInViewport();
  const before = await anchor.boundingBox();
  await rahul.writes('Meanwhile one', 'Meanwhile two');
  const counter = mira.page.getByRole('button', { name: '2 new messages' });
  await expect(counter).toBeVisible();
  expect((await anchor.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, 0);
  await counter.click();
  await expect(mira.log.getByText('Meanwhile two', { exact: true })).toBeInViewport();
});
