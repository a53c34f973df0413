import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Refused, Unreachable } from '../api/errors';
import { Session } from './session.svelte';

type Answer = { status: number; body: unknown };

/** The tabs of one browser: one storage, one queue of locks, and one server that answers. */
class Browser {
  stored = new Map<string, string>();
  asked: string[] = [];
  answers: ((answer: Answer | null) => void)[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private readonly tabs = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();

  constructor() {
    const { stored } = this;
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    });
    vi.stubGlobal('navigator', {
      locks: {
        request: (_: string, run: () => Promise<unknown>) => {
          const turn = this.queue.then(run);
          this.queue = turn.catch(() => {});
          return turn;
        },
      },
    });
    const { tabs } = this;
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        onmessage: ((event: { data: unknown }) => void) | null = null;
        constructor() {
          tabs.add(this);
        }
        postMessage(data: unknown) {
          for (const tab of tabs) if (tab !== this) setTimeout(() => tab.onmessage?.({ data }));
        }
      },
    );
    vi.stubGlobal('fetch', (address: string) => {
      this.asked.push(address.replace('/api/v1/auth/', ''));
      return new Promise<Response>((resolve, reject) => {
        this.answers.push((answer) => {
          if (answer === null) reject(new TypeError('Failed to fetch'));
          else resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
        });
      });
    });
  }

  /** Answers the oldest question, once it is asked. */
  async answer(answer: Answer | null): Promise<void> {
    await vi.waitFor(() => expect(this.answers.length).toBeGreaterThan(0));
    this.answers.shift()?.(answer);
  }
}

const person = (id: number) => ({
  id,
  username: `p${id}`,
  display_name: `P ${id}`,
  is_admin: false,
  created_at: '2026-11-22T10:00:00.000Z',
});

const signedIn = (id: number, token: string, expires_in = 600): Answer => ({
  status: 200,
  body: { user: person(id), access_token: token, expires_in },
});

const problem = (status: number, code: string): Answer => ({
  status,
  body: { type: '', title: '', status, code, detail: 'No.' },
});

const refused = problem(401, 'invalid_refresh_token');
const busy = problem(503, 'unavailable');

let browser: Browser;

beforeEach(() => {
  browser = new Browser();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('a first visit asks the server nothing', async () => {
  const session = new Session('');
  await session.resume();
  expect(session.me).toBeNull();
  expect(session.wasEnded).toBe(false);
  expect(browser.asked).toEqual([]);
});

test('whoever was here is signed in again', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const resuming = session.resume();
  await browser.answer(signedIn(1, 'one'));
  await resuming;
  expect(session.me?.id).toBe(1);
  expect(await session.current()).toBe('one');
});

test('a refused session leads to the sign-in with a word, and is not asked for again', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const resuming = session.resume();
  await browser.answer(refused);
  await resuming;
  expect(session.me).toBeNull();
  expect(session.wasEnded).toBe(true);
  await new Session('').resume();
  expect(browser.asked).toHaveLength(1);
});

test('a device remembers that somebody was here, and not who', async () => {
  const session = new Session('');
  await session.resume();
  expect(session.isKnown).toBe(false);
  const signing = session.login('mira', 'two cups of tea');
  await browser.answer(signedIn(1, 'one'));
  await signing;
  await session.logout(() => Promise.resolve());
  expect(new Session('').isKnown).toBe(true);
  expect([...browser.stored]).toEqual([['adda.signed-in', '0']]);
});

test.each([
  ['cannot be reached', null],
  ['is busy', busy],
  ['is behind a portal that wants its own sign-in', { status: 401, body: '<h1>Welcome</h1>' }],
  ['is behind a proxy that lets nobody through', { status: 403, body: '<h1>Forbidden</h1>' }],
  ['is behind a proxy that looks elsewhere', { status: 404, body: '<h1>Not found</h1>' }],
  ['does not take this page', problem(403, 'origin_not_allowed')],
  ['heard only half of it', problem(408, 'request_timeout')],
])('while the server %s nobody is signed out', async (_, answer) => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const resuming = session.resume();
  await browser.answer(answer);
  await expect(resuming).rejects.toBeInstanceOf(answer === null ? Unreachable : Refused);
  expect(session.me).toBeUndefined();
  expect(browser.stored.get('adda.signed-in')).toBe('1');
});

test('whoever is disabled is signed out', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const resuming = session.resume();
  await browser.answer(problem(403, 'account_disabled'));
  await resuming;
  expect([session.me, session.wasEnded]).toEqual([null, true]);
});

test('several callers renew once, and two tabs one after the other', async () => {
  browser.stored.set('adda.signed-in', '1');
  const tabs = [new Session(''), new Session('')] as const;
  const all = [tabs[0].token(), tabs[0].token(), tabs[1].token()];
  await vi.waitFor(() => expect(browser.asked).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve));
  expect(browser.asked).toHaveLength(1);
  await browser.answer(signedIn(1, 'one'));
  await browser.answer(signedIn(1, 'two'));
  expect((await Promise.all(all)).map((token) => token?.text)).toEqual(['one', 'one', 'two']);
  expect(browser.asked).toEqual(['refresh', 'refresh']);
});

test('a token that ends soon is renewed, and a refused one too', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const first = session.token();
  await browser.answer(signedIn(1, 'short', 30));
  expect((await first)?.text).toBe('short');
  const second = session.token();
  await browser.answer(signedIn(1, 'long'));
  expect((await second)?.text).toBe('long');
  expect(await session.renewed('short')).toBe('long');
  const third = session.renewed('long');
  await browser.answer(signedIn(1, 'longer'));
  expect(await third).toBe('longer');
});

test.each([-3_600_000, 3_600_000])(
  'a clock that is put right by %i ms makes no token older or younger',
  async (correction) => {
    let elapsed = 0;
    const session = new Session('', () => elapsed);
    const login = session.login('p1', 'secret');
    await browser.answer(signedIn(1, 'one'));
    await login;
    const rightful = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => rightful + correction + elapsed);
    elapsed = 500_000;
    expect(await session.current()).toBe('one');
    elapsed = 541_000;
    const next = session.current();
    await browser.answer(signedIn(1, 'two'));
    expect(await next).toBe('two');
    expect(browser.asked).toEqual(['login', 'refresh']);
  },
);

test('a new password begins a new session, and nobody is signed out', async () => {
  const session = new Session('');
  const login = session.login('p1', 'secret');
  await browser.answer(signedIn(1, 'one'));
  await login;
  const change = session.changePassword('secret', 'three cups of tea');
  // The socket is closed before the answer is here.
  await vi.waitFor(() => expect(browser.asked).toHaveLength(2));
  const after = session.tokenAfter('one');
  await browser.answer(signedIn(1, 'two'));
  await change;
  expect((await after)?.text).toBe('two');
  expect(await session.current()).toBe('two');
  expect([session.me?.id, session.wasEnded]).toEqual([1, false]);
  expect(browser.asked).toEqual(['login', 'password']);
});

test('another tab goes on with the new session too, and waits for its cookie', async () => {
  browser.stored.set('adda.signed-in', '1');
  const [one, other] = [new Session(''), new Session('')];
  const tokens = [one.token(), other.token()];
  await browser.answer(signedIn(1, 'one'));
  await browser.answer(signedIn(1, 'other'));
  await Promise.all(tokens);
  const change = one.changePassword('secret', 'three cups of tea');
  await vi.waitFor(() => expect(browser.asked).toHaveLength(3));
  const after = other.tokenAfter('other');
  await new Promise((resolve) => setTimeout(resolve));
  expect(browser.asked.slice(2)).toEqual(['password']);
  await browser.answer(signedIn(1, 'two'));
  await browser.answer(signedIn(1, 'three'));
  await change;
  expect((await after)?.text).toBe('three');
  expect(browser.asked.slice(2)).toEqual(['password', 'refresh']);
  expect([other.me?.id, other.wasEnded]).toEqual([1, false]);
});

test('a wrong password changes nothing, and holds up nobody who waits for a token', async () => {
  const session = new Session('');
  const login = session.login('p1', 'secret');
  await browser.answer(signedIn(1, 'one'));
  await login;
  const change = session.changePassword('wrong', 'three cups of tea');
  const failed = expect(change).rejects.toMatchObject({ code: 'invalid_credentials' });
  await vi.waitFor(() => expect(browser.asked).toHaveLength(2));
  const after = session.tokenAfter('one');
  await browser.answer(problem(401, 'invalid_credentials'));
  await failed;
  await browser.answer(signedIn(1, 'two'));
  expect((await after)?.text).toBe('two');
  expect(browser.asked).toEqual(['login', 'password', 'refresh']);
});

test.each(['unauthorized', 'token_expired'])(
  'a password is changed with the next token when one is refused as %s',
  async (code) => {
    const session = new Session('');
    const login = session.login('p1', 'secret');
    await browser.answer(signedIn(1, 'one'));
    await login;
    const change = session.changePassword('secret', 'three cups of tea');
    await browser.answer(problem(401, code));
    await browser.answer(signedIn(1, 'two'));
    await browser.answer(signedIn(1, 'three'));
    await change;
    expect(browser.asked).toEqual(['login', 'password', 'refresh', 'password']);
    expect(await session.current()).toBe('three');
  },
);

test('signing in and out in one tab does so in the others', async () => {
  const [one, other] = [new Session(''), new Session('')];
  await Promise.all([one.resume(), other.resume()]);
  const login = one.login('p1', 'secret');
  await browser.answer(signedIn(1, 'one'));
  await login;
  await browser.answer(signedIn(1, 'two'));
  await vi.waitFor(() => expect(other.me?.id).toBe(1));
  await one.logout(() => Promise.resolve());
  await vi.waitFor(() => expect(other.me).toBeNull());
  expect(one.me).toBeNull();
  expect([one.wasEnded, other.wasEnded]).toEqual([false, false]);
});

test('an answer from before the sign-out signs nobody in again', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const token = session.token();
  await vi.waitFor(() => expect(browser.asked).toHaveLength(1));
  await session.logout(() => Promise.resolve());
  await browser.answer(signedIn(1, 'late'));
  expect(await token).toBeNull();
  expect(session.me).toBeNull();
  expect(browser.stored.get('adda.signed-in')).toBe('0');
});

test('a refusal after the sign-out is no news', async () => {
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const token = session.token();
  await vi.waitFor(() => expect(browser.asked).toHaveLength(1));
  await session.logout(() => Promise.resolve());
  await browser.answer(refused);
  expect(await token).toBeNull();
  expect(session.wasEnded).toBe(false);
});

test('somebody stays signed in when the server does not hear of the sign-out', async () => {
  const session = new Session('');
  const login = session.login('p1', 'secret');
  await browser.answer(signedIn(1, 'one'));
  await login;
  await expect(session.logout(() => Promise.reject(new Unreachable(null)))).rejects.toThrow();
  expect(session.me?.id).toBe(1);
});

test('where the browser keeps no cookies, the page keeps the token itself, and no longer', async () => {
  const browser = new Browser();
  const bodies: unknown[] = [];
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
    bodies.push(JSON.parse(String(init.body)));
    return fetch(address);
  });
  const session = new Session('', undefined, false);
  await session.resume();
  expect([session.me, browser.asked]).toEqual([null, []]);

  const answer = (text: string) => ({
    status: 200,
    body: { user: { id: 1 }, access_token: text, expires_in: 600, refresh_token: `after ${text}` },
  });
  const login = session.login('mira', 'two cups of tea');
  await browser.answer(answer('first'));
  await login;
  expect(bodies[0]).toMatchObject({ cookie: false });
  const renewed = session.renewed('first');
  await browser.answer(answer('second'));
  expect(await renewed).toBe('second');
  expect(bodies[1]).toEqual({ refresh_token: 'after first' });

  // The next page has nothing to ask with.
  const next = new Session('', undefined, false);
  await next.resume();
  expect([next.me, next.wasEnded, browser.asked.length]).toEqual([null, false, 2]);
});

test('a page that is refused for its address is not signed out', async () => {
  const browser = new Browser();
  browser.stored.set('adda.signed-in', '1');
  const session = new Session('');
  const resumed = session.resume();
  const problem = { code: 'origin_not_allowed', status: 403, detail: 'Open the right one.' };
  await browser.answer({ status: 403, body: problem });
  await expect(resumed).rejects.toThrow('Open the right one.');
  expect([session.me, session.wasEnded]).toEqual([undefined, false]);
  expect(session.isElsewhere).toBe('Open the right one.');
});
