// The vocabulary of the journeys: a server, and people in browsers of their own. A page that says
// an error, or breaks the content security policy, fails its test.
import {
  type BrowserContext,
  expect,
  type Locator,
  type Page,
  test as base,
} from '@playwright/test';

import type { Message } from '../../src/api/types';
import { Server } from './server';

export const PASSWORD = 'two cups of strong tea';

export interface Options {
  /** How the server of a test is set up. */
  settings: Record<string, string>;
}

interface Fixtures extends Options {
  server: Server;
  /** Somebody with an account, signed in, in a browser of their own. */
  person: (name: string, more?: Wish) => Promise<Person>;
  /** Somebody with a browser and nothing else. */
  stranger: (name: string, more?: Wish) => Promise<Person>;
}

interface Wish {
  colorScheme?: 'light' | 'dark';
  locale?: string;
  reducedMotion?: 'reduce';
  /** Where the app is, when it is not the server's own. */
  origin?: string;
}

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],

  server: async ({ settings }, use) => {
    const server = await Server.start(settings);
    await use(server);
    await server.close();
  },

  stranger: async (
    { browser, server, contextOptions, viewport, isMobile, hasTouch, locale },
    use,
  ) => {
    const people: Person[] = [];
    await use(async (name, wish = {}) => {
      const { origin = server.origin, ...more } = wish;
      const context = await browser.newContext({
        ...contextOptions,
        viewport,
        isMobile,
        hasTouch,
        ...(locale === undefined ? {} : { locale }),
        ...more,
        baseURL: origin,
      });
      const person = new Person(name, await context.newPage(), server);
      people.push(person);
      return person;
    });
    for (const person of people) {
      const problems = person.problems;
      await person.context.close();
      expect(problems, `errors in the browser of ${person.name}`).toEqual([]);
    }
  },

  person: async ({ stranger, server }, use) => {
    await use(async (name, wish = {}) => {
      const person = await stranger(name, wish);
      await person.register(wish.origin ?? server.origin);
      return person;
    });
  },
});

export { expect };

/** How the first message of a new server begins. */
export const WELCOME = 'Welcome to Adda!';

export class Person {
  problems: string[] = [];
  token = '';
  private expected: RegExp[] = [];

  constructor(
    readonly name: string,
    readonly page: Page,
    readonly server: Server,
  ) {
    this.listenTo(page);
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  get username(): string {
    return this.name.toLowerCase();
  }

  /** Errors that belong to the story, such as those of a network that is away. */
  expects(...what: RegExp[]): void {
    this.expected.push(...what);
    const others = this.problems.filter((text) => !what.some((expected) => expected.test(text)));
    // In place: the tabs of a browser share the list.
    this.problems.splice(0, Infinity, ...others);
  }

  /** One more tab in the same browser. */
  async tab(): Promise<Person> {
    const other = new Person(this.name, await this.context.newPage(), this.server);
    other.problems = this.problems;
    other.token = this.token;
    return other;
  }

  /** Makes the account without the form, and is signed in. */
  async register(origin: string): Promise<void> {
    const { username, name: display_name } = this;
    const account = { username, display_name, password: PASSWORD };
    await this.isLetIn(origin, 'register', account, 201);
  }

  /** Signs in without the form. */
  async comesIn(): Promise<void> {
    const account = { username: this.username, password: PASSWORD };
    await this.isLetIn(this.server.origin, 'login', account, 200);
  }

  private async isLetIn(origin: string, by: string, account: object, status: number) {
    const response = await this.context.request.post(`${origin}/api/v1/auth/${by}`, {
      data: { ...account, cookie: true },
      headers: { origin },
    });
    expect(response.status()).toBe(status);
    this.token = ((await response.json()) as { access_token: string }).access_token;
    await this.page.goto('/sign-in');
    await this.page.evaluate(() => localStorage.setItem('adda.signed-in', '1'));
  }

  async signUp(path = '/sign-up'): Promise<void> {
    await this.page.goto(path);
    await this.page.getByLabel('Name', { exact: true }).fill(this.name);
    await this.page.getByLabel('Username').fill(this.username);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Create account' }).click();
    await expect(this.rooms).toBeVisible();
  }

  async signIn(): Promise<void> {
    await this.page.goto('/sign-in');
    await this.page.getByLabel('Username').fill(this.username);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(this.rooms).toBeVisible();
  }

  /** Opens a room, and waits until its messages stand there. */
  async enters(room = 'general', query = ''): Promise<void> {
    await this.page.goto(`/rooms/${room}${query}`);
    await this.isThere();
  }

  /** Waits until the room is shown and the connection stands. */
  async isThere(): Promise<void> {
    await expect(this.log).toHaveAttribute('aria-busy', 'false');
    await expect(this.log).toHaveClass(/placed/);
    await expect(this.page.locator('main header .count')).toBeVisible();
  }

  get rooms(): Locator {
    return this.page.getByRole('navigation');
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get composer(): Locator {
    return this.page.locator('.composer textarea');
  }

  async says(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.sends();
  }

  /** Where a finger writes, Enter breaks the line, and the button sends. */
  async sends(): Promise<void> {
    const isTouch = await this.page.evaluate(
      () => matchMedia('(hover: none) and (pointer: coarse)').matches,
    );
    if (isTouch) await this.page.locator('.composer .box > button.filled').click();
    else await this.composer.press('Enter');
  }

  /** A message that is shown. */
  message(text: string): Locator {
    return this.log.locator('.message').filter({ hasText: text });
  }

  async sees(...texts: string[]): Promise<void> {
    for (const text of texts) await expect(this.message(text)).toHaveCount(1);
  }

  /** Opens what can be done with a message, and does some of it: by a touch on a phone, else by a right click. */
  async does(what: string, text: string): Promise<void> {
    await this.doesWith(this.message(text), what);
  }

  async doesWith(message: Locator, what: string): Promise<void> {
    const time = message.locator('time');
    // Loaded once somebody comes near.
    await expect(async () => {
      if (this.hasTouch) await time.tap();
      else await time.click({ button: 'right' });
      await expect(this.choices).toBeVisible({ timeout: 1_000 });
    }).toPass();
    const role = this.hasTouch ? 'button' : 'menuitem';
    const choice = this.choices.getByRole(role, { name: what, exact: true });
    // A finger does not stay where it was, as the pointer of a mouse does.
    await (this.hasTouch ? choice.tap() : choice.click());
    await expect(this.choices).toHaveCount(0);
  }

  /** What can be done with a message, while it is open. */
  get choices(): Locator {
    return this.page.getByRole(this.hasTouch ? 'dialog' : 'menu', { name: /^Actions: / });
  }

  get hasTouch(): boolean {
    return (this.page.viewportSize()?.width ?? 0) < 700;
  }

  /** Asks the API as this person. */
  async asks<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.server.api}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** Writes without a browser. */
  async writes(...texts: string[]): Promise<void> {
    for (const text of texts) {
      const body = { client_id: crypto.randomUUID(), text };
      await this.asks('POST', '/rooms/general/messages', body);
    }
  }

  /** What people said in a room, as the server has it, from its beginning. */
  async history(room = 'general'): Promise<Message[]> {
    return (await this.whole(room)).filter((message) => !message.text?.startsWith(WELCOME));
  }

  /** The whole room: the first one begins with a welcome. */
  async whole(room = 'general'): Promise<Message[]> {
    const all: Message[] = [];
    for (let isMore = true; isMore;) {
      const after = all.at(-1)?.seq ?? 0;
      const path = `/rooms/${room}/messages?after=${after}&limit=100`;
      const page = await this.asks<{ items: Message[]; has_after: boolean }>('GET', path);
      all.push(...page.items);
      isMore = page.has_after;
    }
    return all;
  }

  private listenTo(page: Page): void {
    const note = (text: string) => {
      if (!this.expected.some((expected) => expected.test(text))) this.problems.push(text);
    };
    page.on('console', (said) => {
      if (said.type() === 'error' || /Content Security Policy/i.test(said.text())) {
        note(`${said.text()} (${said.location().url})`);
      }
    });
    page.on('pageerror', (error) => note(error.stack ?? error.message));
  }
}

/** What a browser says when there is no server. */
export const NO_SERVER = /WebSocket connection|Failed to load resource|ERR_CONNECTION|net::/;
