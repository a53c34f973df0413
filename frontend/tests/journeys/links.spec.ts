import { dice } from '../../src/testing/messages';
import { expect, type Person, test } from '../support/journey';

/** So many messages are in the room, and so many links to them are opened. */
const COUNT = 2_000;
const LOADS = process.env['ADDA_TEST_LONG'] ? 112 : 12;

/** Writes messages of one line and of many, so that no height can be guessed. */
async function fill(person: Person): Promise<void> {
  const throwDice = dice(11);
  const bodies = Array.from({ length: COUNT }, (_, at) => {
    const words = 1 + Math.floor(throwDice() ** 4 * 160);
    return `message ${at} ${'and so on '.repeat(words)}`.trim();
  });
  let next = 0;
  const write = async () => {
    while (next < bodies.length) await person.writes(bodies[next++] ?? '');
  };
  await Promise.all(Array.from({ length: 50 }, write));
}

interface Standing {
  /** Where the top of the marked message is, as a part of the height of the window. */
  top: number;
  bottom: number;
  text: string;
  /** The first and the last text in the window. */
  seen: string[];
}

/** Waits until nothing moves any more, and says where the marked message is. */
async function settled(person: Person, text: string): Promise<Standing> {
  await expect(person.log).toHaveClass(/placed/);
  const marked = person.log.locator('.highlighted').filter({ hasText: text });
  // Where it is not drawn at all, what stands instead is said below.
  await marked.waitFor({ state: 'attached', timeout: 8_000 }).catch(() => {});
  return person.page.evaluate(async () => {
    const log = document.querySelector('[role="log"]') as HTMLElement;
    const paint = () => new Promise((done) => requestAnimationFrame(done));
    let [last, still] = ['', 0];
    while (still < 8) {
      await paint();
      const now = `${log.scrollTop} ${log.scrollHeight}`;
      still = now === last ? still + 1 : 0;
      last = now;
    }
    const window = log.getBoundingClientRect();
    const inside = (element: Element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > window.top && top < window.bottom;
    };
    const textOf = (element: Element) =>
      element.querySelector('.body p')?.textContent.trim().slice(0, 14) ?? '';
    const seen = [...log.querySelectorAll('.message')].filter(inside).map(textOf);
    const marked = log.querySelector('.highlighted');
    const { top, bottom } = marked?.getBoundingClientRect() ?? { top: NaN, bottom: NaN };
    const part = (y: number) => (y - window.top) / window.height;
    return { top: part(top), bottom: part(bottom), text: marked?.textContent ?? '', seen };
  });
}

/** How a link is opened: as the first page of a tab, or from where one is. */
const WAYS = {
  'in a new tab': (person: Person, at: number) => person.enters('general', `?at=${at}`),
  'from within the room': (person: Person, at: number) =>
    person.page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
      link.remove();
    }, `/rooms/general?at=${at}`),
};

test('a link to a message in a long room leads to that message, wherever it is', async ({
  person,
}) => {
  test.setTimeout(600_000);
  const rahul = await person('Rahul');
  await fill(rahul);
  const said = new Map((await rahul.whole()).map(({ seq, text }) => [seq, text ?? '']));
  const mira = await person('Mira');
  const last = Math.max(...said.keys());
  await mira.asks('PUT', '/rooms/general/read', { seq: last });
  const throwDice = dice(Number(process.env['SEED'] ?? 5));
  // A busy machine: pages of the history come in between any two frames that are drawn.
  await mira.page.addInitScript(() => {
    const soon = window.requestAnimationFrame.bind(window);
    const later = (frames: number, run: FrameRequestCallback): number =>
      soon((time) => (frames === 0 ? run(time) : later(frames - 1, run)));
    window.requestAnimationFrame = (run) => later(Math.floor(Math.random() * 5), run);
  });
  await mira.enters();
  for (const [way, open] of Object.entries(WAYS)) {
    const random = () => 1 + Math.floor(throwDice() * last);
    const numbers = [1, 2, last - 1, last, ...Array.from({ length: LOADS - 4 }, random)];
    const wrong: string[] = [];
    for (const at of numbers) {
      await open(mira, at);
      const text = (said.get(at) ?? '').split(' and ')[0] ?? '';
      const place = await settled(mira, text);
      const isIt = place.text.includes(text);
      const isSeen = place.bottom > 0 && place.top < 1;
      if (!isIt || !isSeen) wrong.push(`${at}: ${JSON.stringify(place)}`);
    }
    expect.soft(wrong, `${wrong.length} of ${numbers.length} landed elsewhere, ${way}`).toEqual([]);
  }
});

test('the same link once more leads there again', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  for (let at = 1; at <= 120; at += 1) await rahul.writes(`number ${at}`);
  await mira.asks('PUT', '/rooms/general/read', { seq: 121 });
  await mira.enters('general', '?at=60');
  const marked = mira.log.locator('.highlighted');
  await expect(marked).toBeInViewport();
  await mira.log.hover();
  await mira.page.mouse.wheel(0, 2_500);
  await expect(marked).not.toBeInViewport();
  await WAYS['from within the room'](mira, 60);
  await expect(marked).toBeInViewport();
});
