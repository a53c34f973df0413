import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Api, callAnonymously } from './client';
import { Refused, Unreachable } from './errors';
import { loadSite, socketAddress } from './site';

let requests: Request[];
let answers: (Response | Error)[];
let renewals: string[];
let next: string | null;

beforeEach(() => {
  [requests, answers, renewals, next] = [[], [], [], 'token-2'];
  vi.stubGlobal('fetch', (address: string, options?: RequestInit) => {
    requests.push(new Request(new URL(address, 'https://chat.example'), options));
    const answer = answers.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  });
});

afterEach(() => vi.unstubAllGlobals());

const api = (origin = '', token: string | null = 'token-1') =>
  new Api(origin, {
    current: () => Promise.resolve(token),
    renewed: (refused) => {
      renewals.push(refused);
      return Promise.resolve(next);
    },
  });
const json = (body: unknown, status = 200) => Response.json(body, { status });
const problem = (status: number, code: string) =>
  json({ type: 'about:blank', title: 'No', status, code, detail: 'A sentence.' }, status);
const bearers = () => requests.map((request) => request.headers.get('authorization'));

describe('a request', () => {
  it('carries the token, the cookies and a body', async () => {
    answers = [json({ name: 'tea' }, 201)];
    const room = await api().call('post', '/rooms', { body: { name: 'tea' } });
    expect(room).toEqual({ name: 'tea' });
    const [request] = requests as [Request];
    expect(request.method).toBe('POST');
    expect(request.url).toBe('https://chat.example/api/v1/rooms');
    expect(request.credentials).toBe('include');
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(bearers()).toEqual(['Bearer token-1']);
    expect(await request.json()).toEqual({ name: 'tea' });
  });

  it('may be called off, and nobody tries it again', async () => {
    const controller = new AbortController();
    const trouble = vi.fn();
    const asking = new Api('', { current: async () => null, renewed: async () => null }, trouble);
    vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
      controller.abort();
      return Promise.reject(signal.reason);
    });
    const { signal } = controller;
    const call = asking.call('get', '/directory/rooms', { query: { q: 'tea' }, signal });
    await expect(call).rejects.toBeInstanceOf(Unreachable);
    expect(trouble).not.toHaveBeenCalled();
  });

  it('keeps what is in its path in its place', async () => {
    answers = [json({})];
    await api().call('get', '/rooms/{room}', { path: { room: 'a/b?c#d ঘ' } });
    expect(new URL((requests[0] as Request).url).pathname).toBe(
      `/api/v1/rooms/${encodeURIComponent('a/b?c#d ঘ')}`,
    );
  });

  it('asks for what is given, and for nothing that is not', async () => {
    answers = [json({ items: [] })];
    await api().call('get', '/directory/rooms', { query: { q: 'চা & tea', limit: 10 } });
    expect(new URL((requests[0] as Request).url).searchParams.toString()).toBe(
      new URLSearchParams({ q: 'চা & tea', limit: '10' }).toString(),
    );
    answers = [json({ items: [] })];
    await api().call('get', '/directory/rooms', { query: { q: '' } });
    expect(new URL((requests[1] as Request).url).search).toBe('');
  });

  it('goes to another host when the site says so', async () => {
    answers = [json({ items: [] })];
    await api('https://api.example').call('get', '/rooms', {});
    expect((requests[0] as Request).url).toBe('https://api.example/api/v1/rooms');
  });

  it('without anybody signed in carries no token', async () => {
    answers = [json({})];
    await callAnonymously('', 'post', '/auth/login', { body: { username: 'a', password: 'b' } });
    expect(bearers()).toEqual([null]);
  });

  it('may be answered by nothing', async () => {
    answers = [new Response(null, { status: 204 })];
    expect(await api().call('post', '/auth/logout', {})).toBeUndefined();
  });
});

describe('a token that is refused', () => {
  it.each(['unauthorized', 'token_expired'])(
    'as %s is renewed once, and the request made again',
    async (code) => {
      answers = [problem(401, code), json({ items: [1] })];
      expect(await api().call('get', '/rooms', {})).toEqual({ items: [1] });
      expect(renewals).toEqual(['token-1']);
      expect(bearers()).toEqual(['Bearer token-1', 'Bearer token-2']);
    },
  );

  it('is another thing than a wrong password, which is sent once', async () => {
    answers = [problem(401, 'invalid_credentials')];
    const body = { current_password: 'wrong', new_password: 'two cups of tea' };
    await expect(api().call('post', '/auth/password', { body })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect([requests.length, renewals.length]).toEqual([1, 0]);
  });

  it('is not renewed twice', async () => {
    answers = [problem(401, 'unauthorized'), problem(401, 'unauthorized')];
    await expect(api().call('get', '/rooms', {})).rejects.toMatchObject({ code: 'unauthorized' });
    expect(requests).toHaveLength(2);
  });

  it('is an error when the session is over', async () => {
    next = null;
    answers = [problem(401, 'unauthorized')];
    await expect(api().call('get', '/rooms', {})).rejects.toBeInstanceOf(Refused);
    expect(requests).toHaveLength(1);
  });

  it('is none for who has none', async () => {
    answers = [problem(401, 'unauthorized')];
    await expect(api('', null).call('get', '/rooms', {})).rejects.toBeInstanceOf(Refused);
    expect(renewals).toEqual([]);
  });
});

describe('a failure', () => {
  it('says what the server says', async () => {
    answers = [problem(409, 'name_taken')];
    await expect(api().call('post', '/rooms', { body: { name: 'tea' } })).rejects.toMatchObject({
      code: 'name_taken',
      message: 'A sentence.',
      isTemporary: false,
    });
  });

  it.each([408, 429, 500, 502, 503])('with the status %i may pass', async (status) => {
    answers = [problem(status, 'unavailable')];
    await expect(api().call('get', '/rooms', {})).rejects.toMatchObject({ isTemporary: true });
  });

  it('that is not Adda’s own has words too', async () => {
    answers = [new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' })];
    await expect(api().call('get', '/rooms', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: '502 Bad Gateway',
    });
  });

  it('to reach anybody is told apart', async () => {
    answers = [new TypeError('Failed to fetch')];
    await expect(api().call('get', '/rooms', {})).rejects.toBeInstanceOf(Unreachable);
  });

  it('in the middle of an answer is one to reach anybody', async () => {
    answers = [new Response('{"items":[', { status: 200 })];
    await expect(api().call('get', '/rooms', {})).rejects.toBeInstanceOf(Unreachable);
  });
});

describe('where the API is', () => {
  const here = { origin: 'https://chat.example' } as Location;

  it('is the page’s own host, unless the site says otherwise', async () => {
    answers = [json({ api: '' }), json({ api: 'https://api.example//' }), json([])];
    expect(await loadSite()).toEqual({ api: '' });
    expect(await loadSite()).toEqual({ api: 'https://api.example' });
    expect(await loadSite()).toEqual({ api: '' });
    answers = [new Response('', { status: 404 })];
    expect(await loadSite()).toEqual({ api: '' });
  });

  it('is where the socket is', () => {
    expect(socketAddress({ api: '' }, here)).toBe('wss://chat.example/ws');
    expect(socketAddress({ api: 'http://localhost:8000' }, here)).toBe('ws://localhost:8000/ws');
  });
});
