import { expectAccessible } from '../support/axe';
import { expect, type Person, test } from '../support/journey';

/** Somebody with an account, whose name need not be their handle. */
async function called(person: Person, display_name: string): Promise<void> {
  await person.asks('PATCH', '/users/me', { display_name });
}

const RECIPE = [
  'The *new kettle* is _here_, ~Wednesday~ **Thursday**:',
  '> as promised',
  '- milk',
  '- sugar',
  '  - brown',
  '1. boil `2 cups`',
  '```js',
  'const cups = "two"; // *not bold*',
  '```',
].join('\n');

test('a text is drawn as it is meant, plain when that is wanted, and copied as it was written', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await mira.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await rahul.writes(RECIPE, 'snake_case_names and 2*3*4');
  await mira.enters();
  const message = mira.message('new kettle');
  await expect(message.locator('strong')).toHaveText(['new kettle', 'Thursday']);
  await expect(message.locator('em')).toHaveText('here');
  await expect(message.locator('s')).toHaveText('Wednesday');
  await expect(message.locator('blockquote')).toHaveText('as promised');
  await expect(message.locator('ul ul li')).toHaveText(/brown/);
  await expect(message.locator('ol li')).toHaveText(/1\.\s*boil 2 cups/);
  await expect(message.locator('li code')).toHaveText('2 cups');
  await mira.sees('snake_case_names and 2*3*4');

  // The colours move nothing.
  const block = message.locator('pre');
  await expect(block).toHaveText('const cups = "two"; // *not bold*');
  await expect(block.locator('.word')).toHaveText('const');
  await expect(block.locator('.remark')).toHaveText('// *not bold*');
  await expectAccessible(mira);

  const copied = () => mira.page.evaluate(() => navigator.clipboard.readText());
  const copy = message.getByRole('button', { name: 'Copy the code' });
  // A pointer that stays there would point at what comes to stand below it.
  await (mira.hasTouch ? copy.tap() : copy.click());
  await expect(message.getByRole('status')).toHaveText('Copied');
  expect(await copied()).toBe('const cups = "two"; // *not bold*');

  await mira.does('Show as written', 'new kettle');
  await expect(message.locator('.body p')).toHaveText(RECIPE);
  await mira.does('Copy text', 'new kettle');
  await expect.poll(copied).toBe(RECIPE);
  await mira.does('Show formatted', 'new kettle');
  await expect(message.locator('strong').first()).toBeVisible();
});

test('the list says what was written last without its marks, and so does the search', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await called(mira, 'Mira Sen');
  await rahul.writes('Where is the *lemon* `tea`, @mira?');
  await mira.page.goto('/');
  await expect(mira.rooms.getByText('Rahul: Where is the lemon tea, @Mira Sen?')).toBeVisible();
  await mira.page.goto('/search?q=lemon');
  await expect(mira.page.getByText('Where is the lemon tea, @mira?')).toBeVisible();
  await expect(mira.page.locator('mark')).toHaveText('lemon');
});

test('whoever is mentioned is shown by name, and is found by it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await called(mira, 'Mira Sen');
  await called(rahul, 'Rahul Das');
  await rahul.writes('Ask @mira, or @rahul.');
  await mira.enters();
  const message = mira.message('Ask');
  await expect(message.locator('.body p')).toHaveText('Ask @Mira Sen, or @Rahul Das.');
  await expect(message.getByRole('button', { name: '@Mira Sen' })).toHaveClass(/me/);
  const other = message.getByRole('button', { name: '@Rahul Das' });
  await expect(other).toHaveAttribute('title', '@rahul');
  await other.click();
  await expect(mira.page.getByRole('heading', { name: 'Rahul Das' })).toBeVisible();
});

test('what nobody sees, and who is meant, can be looked at as it was written', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await called(mira, 'Mira Sen');
  await rahul.writes('Tea, @mira?', 'abc\u202efed *g\u200bh*', `heap a${'\u0301'.repeat(7_000)}`);
  await mira.enters();
  await expect(mira.message('Tea').locator('.body p')).toHaveText('Tea, @Mira Sen?');
  await mira.does('Show as written', 'Tea');
  await expect(mira.message('Tea').locator('.body p')).toHaveText('Tea, @mira?');
  await mira.does('Show formatted', 'Tea');
  await expect(mira.message('Tea').locator('.body p')).toHaveText('Tea, @Mira Sen?');
  await mira.does('Show as written', 'abc');
  await expect(mira.message('abc').locator('.body p')).toHaveText('abc\ufffdfed *g\ufffdh*');
  const text = await mira.message('heap').locator('.body p').textContent();
  expect(text?.match(/\u0301/g)).toHaveLength(8);
});

test('an address says where it leads, whatever turns the text around it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await called(rahul, 'داوود');
  await rahul.writes(
    '\u202ehttps://evil.example/moc.elpmaxe//:sptth',
    'https://bn.wikipedia.org/wiki/%E0%A6%9A%E0%A6%BE%2F%E2%80%AE',
    'مرحبا\nthe second line',
  );
  await mira.enters();
  const link = mira.log.getByRole('link', { name: 'evil.example' });
  await expect(link).toHaveCSS('direction', 'ltr');
  await expect(link).toHaveCSS('unicode-bidi', 'isolate');
  // The first letter stands first.
  const [first, last] = await link.evaluate((element) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode() as Text;
    return [0, text.length - 1].map((at) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(first).toBeLessThan(last ?? 0);
  // Other scripts are read as such, and nothing else is decoded.
  await expect(mira.log.getByRole('link', { name: 'wikipedia' })).toHaveText(
    'https://bn.wikipedia.org/wiki/চা%2F%E2%80%AE',
  );

  // Each line begins at its own side, and the name beside the face.
  const message = mira.message('مرحبا');
  const [above, below] = await message.locator('.body p').evaluate((element) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode() as Text;
    const box = element.closest('.body')?.getBoundingClientRect();
    return [0, text.data.indexOf('the')].map((at) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const { left, right } = range.getBoundingClientRect();
      return left - (box?.left ?? 0) < (box?.right ?? 0) - right ? 'left' : 'right';
    });
  });
  expect([above, below]).toEqual(['right', 'left']);
  const name = await mira.log
    .locator('.name')
    .filter({ hasText: 'داوود' })
    .evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect().left - element.getBoundingClientRect().left;
    });
  expect(name).toBeLessThan(4);
});

test('a very long message is folded, and stays open for whoever opened it', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const lines = Array.from({ length: 300 }, (_, at) => `line ${at + 1}`);
  await rahul.writes(lines.join('\n'), ...Array.from({ length: 40 }, (_, at) => `after ${at}`));
  await mira.enters();
  await mira.log.evaluate((log) => (log.scrollTop = 0));
  const message = mira.message('line 1');
  const height = () => message.evaluate((element) => element.getBoundingClientRect().height);
  await expect(message.getByRole('button', { name: 'Show all' })).toBeVisible();
  expect(await height()).toBeLessThan(600);
  await message.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(height).toBeGreaterThan(5_000);

  await mira.log.evaluate((log) => (log.scrollTop = log.scrollHeight));
  await expect(mira.message('after 39')).toBeVisible();
  await expect(message).toHaveCount(0);
  await mira.log.evaluate((log) => (log.scrollTop = 0));
  await expect.poll(height).toBeGreaterThan(5_000);
  await message.getByRole('button', { name: 'Show less' }).click();
  await expect.poll(height).toBeLessThan(600);
  await expect(message).toBeInViewport();
});

test('a room of messages that are nothing but marks is drawn in few elements', async ({
  person,
}) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const marked = '> *a*\n- _b_\n1. ~c~\n```\nd\n```\n'.repeat(275).slice(0, 7_900).trim();
  await rahul.writes(`First in line\n${marked}`, ...Array.from({ length: 19 }, () => marked));
  await mira.enters();
  const message = mira.message('First in line');
  const elements = () => message.locator('.body *').count();
  await expect(message.locator('pre').first()).toBeVisible();
  expect(await elements()).toBeLessThan(300);
  expect(await mira.log.locator('*').count()).toBeLessThan(6_000);

  // The whole is formatted as far as anybody reads it, and is all there.
  await message.getByRole('button', { name: 'Show all' }).click();
  const rest = message.locator('.body .fold > p').last();
  await expect(rest).toContainText('> *a*\n- _b_\n1. ~c~\n```\nd');
  expect(await elements()).toBeLessThan(600);
  const signs = await message.locator('.body').evaluate((body) => body.textContent.match(/b/g));
  expect(signs?.length).toBe(marked.match(/b/g)?.length);
  await message.getByRole('button', { name: 'Show less' }).click();
  await expect(rest).not.toContainText('> *a*');
  expect(await elements()).toBeLessThan(300);
});

test('a block of code that is folded is copied as a whole', async ({ person }) => {
  const mira = await person('Mira');
  await mira.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const code = Array.from({ length: 100 }, (_, at) => `let x${at};`).join('\n');
  await mira.writes('```\n' + code + '\n```');
  await mira.enters();
  await expect(mira.log.locator('pre')).not.toContainText('x60');
  await mira.log.getByRole('button', { name: 'Copy the code' }).click();
  await expect.poll(() => mira.page.evaluate(() => navigator.clipboard.readText())).toBe(code);
});

test('one text is no higher than the window, and none leaves its row', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  const piled = `a${'\u0301\u0316'.repeat(60)}`;
  await rahul.writes('W'.repeat(8_000), 'x\n'.repeat(3_999), piled.repeat(8), '\ufdfd'.repeat(400));
  await mira.enters();
  const heights = await mira.log
    .locator('.message')
    .evaluateAll((all) => all.map((element) => element.getBoundingClientRect().height));
  for (const height of heights) expect(height).toBeLessThan(700);
  const bodies = mira.log.locator('.message .body');
  for (const body of await bodies.all()) await expect(body).toHaveCSS('overflow-y', 'clip');
});

test('whoever looks like somebody else has the handle beside the name', async ({ person }) => {
  const mira = await person('Mira');
  const [rahul, moyna, tara] = [await person('Rahul'), await person('Moyna'), await person('Tara')];
  await called(rahul, 'Rahul Das');
  // With letters of another alphabet.
  await called(moyna, 'Rаhul  Dаs');
  await tara.writes('I am here too.');
  await rahul.writes('I am Rahul.');
  await moyna.writes('No, I am.');
  await mira.enters();
  const names = mira.log.locator('.name');
  await expect(names.filter({ hasText: '@rahul' })).toHaveText('Rahul Das (@rahul)');
  await expect(names.filter({ hasText: '@moyna' })).toContainText('(@moyna)');
  await expect(names.filter({ hasText: 'Tara' })).toHaveText('Tara');

  // Wherever they are named: in the list, the head, the field, the tab, the switcher and the search.
  const { page } = mira;
  const { id } = await moyna.asks<{ id: number }>('GET', '/users/me');
  const { name } = await mira.asks<{ name: string }>('PUT', `/users/${id}/private-room`);
  await mira.asks('POST', `/rooms/${name}/messages`, {
    client_id: crypto.randomUUID(),
    text: 'A word in private.',
  });
  // Within the page: whom the app has not met yet, it cannot tell from anybody.
  const goes = (to: string) =>
    page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, to);
  if (mira.hasTouch) await goes('/');
  await expect(mira.rooms.locator(`[data-room="${name}"] .title`)).toContainText('(@moyna)');
  await expect(mira.rooms.locator('[data-room="general"]')).toContainText(/Rаhul \(@moyna\)/);
  await goes(`/rooms/${name}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('(@moyna)');
  await expect(mira.composer).toHaveAccessibleName(/\(@moyna\)/);
  await expect(page).toHaveTitle(/\(@moyna\)/);
  await goes('/search?q=word');
  const hit = page.getByRole('option', { name: /A word in private/ });
  await expect(hit.locator('.room')).toContainText('(@moyna)');
});

test('a link to a message here is shown as what it is, and opened here', async ({ person }) => {
  const [mira, rahul] = [await person('Mira'), await person('Rahul')];
  await rahul.writes('Which kettle?');
  const [asked] = await rahul.history();
  const { origin } = mira.server;
  const address = `${origin}/rooms/general?at=${asked?.seq}`;
  await rahul.writes(
    `Look at ${address} again.`,
    `And in ${origin}/rooms/general itself.`,
    `Unlike ${origin}/rooms/nowhere?at=3 there.`,
  );
  await mira.enters();
  const link = mira.log.getByRole('link', { name: 'General · message' });
  await expect(link).toHaveAttribute('href', address);
  await expect(link).toHaveAttribute('title', address);
  await expect(mira.log.getByRole('link', { name: 'General', exact: true })).toHaveCount(1);
  await expect(mira.message('Unlike').getByRole('link')).toHaveText(`${origin}/rooms/nowhere?at=3`);
  await link.click();
  await expect(mira.log.locator('.highlighted')).toContainText('Which kettle?');
  expect(mira.context.pages()).toHaveLength(1);
  await mira.does('Show as written', 'Look at');
  await expect(mira.message('Look at').getByRole('link')).toHaveText(address);
});
