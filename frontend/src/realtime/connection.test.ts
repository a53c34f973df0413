import { beforeEach, describe, expect, it } from 'vitest';

import type { ReadyFrame, ServerFrame } from '../api/types';
import type { ConnectionState } from '../store/model';
import { created, message, ready, summary } from '../testing/messages';
import { Clock, FakeSocket, settled } from '../testing/world';
import {
  Connection,
  DOUBT_MS,
  PATIENCE_MS,
  QUIET_MS,
  RENEW_MS,
  STABLE_MS,
  type Cursors,
  type Token,
} from './connection';

const TOKEN_MS = 600_000;
const READY = ready(summary({ last_seq: 3 }));

let clock: Clock;
let sockets: FakeSocket[];
let states: ConnectionState[];
let heard: ServerFrame[];
let welcomed: ReadyFrame[];
let cursors: Cursors | null;
let token: () => Promise<Token | null>;
let refused: string[];
let connection: Connection;

beforeEach(() => {
  clock = new Clock();
  timeOfDay = () => clock.time;
  [sockets, states, heard, welcomed] = [[], [], [], []];
  cursors = null;
  refused = [];
  let tokens = 0;
  token = () => Promise.resolve({ text: `token-${++tokens}`, endsAt: clock.time + TOKEN_MS });
  connection = new Connection(
    {
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      token: () => token(),
      tokenAfter: (text) => {
        refused.push(text);
        return token();
      },
      cursors: () => cursors,
      now: () => timeOfDay(),
      ticks: clock.now,
      after: clock.after,
      random: () => 1,
    },
    {
      onState: (state) => states.push(state),
      onReady: (frame) => welcomed.push(frame),
      onFrame: (frame) => heard.push(frame),
    },
  );
});

let timeOfDay = (): number => clock.time;

const phase = () => states.at(-1)?.phase;
const socket = () => sockets.at(-1) as FakeSocket;
const open = () => sockets.filter((it) => !it.isClosed);

async function connecting(): Promise<void> {
  connection.start();
  await settled();
}

async function becomesReady(): Promise<void> {
  await settled();
  socket().onopen?.();
  socket().says(READY);
}

async function connected(): Promise<void> {
  connection.start();
  await becomesReady();
}

describe('the way in', () => {
  it('is a token, a socket, `auth` and `ready`', async () => {
    await connecting();
    expect(states).toEqual([{ phase: 'connecting', attempt: 0 }]);
    expect(socket().sent).toEqual([]);
    socket().onopen?.();
    expect(socket().sent).toEqual([{ type: 'auth', token: 'token-1' }]);
    socket().says(READY);
    expect(phase()).toBe('ready');
    expect(welcomed).toEqual([READY]);
  });

  it('says where to go on', async () => {
    cursors = { epoch: 'epoch-1', rooms: { general: 41 } };
    await connected();
    expect(socket().sent).toEqual([{ type: 'auth', token: 'token-1', resume: cursors }]);
  });

  it('is told as ready before the first frame can be sent', async () => {
    await connecting();
    expect(connection.send({ type: 'ping' })).toBe(false);
    socket().onopen?.();
    expect(connection.send({ type: 'ping' })).toBe(false);
    socket().says(READY);
    expect(connection.send({ type: 'typing', room: 'general' })).toBe(true);
    expect(socket().sent.map((frame) => frame.type)).toEqual(['auth', 'typing']);
  });

  it('sends nothing into a socket that is closing, and has not said so yet', async () => {
    await connected();
    socket().readyState = 2;
    expect(connection.send({ type: 'typing', room: 'general' })).toBe(false);
    expect(socket().sent.map((frame) => frame.type)).toEqual(['auth']);
  });

  it('is begun once, however often it is asked for', async () => {
    connection.start();
    connection.start();
    connection.wake();
    await settled();
    connection.start();
    connection.wake();
    await settled();
    expect(sockets).toHaveLength(1);
  });

  it('is given up and tried again when it takes too long', async () => {
    await connecting();
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('waiting');
    expect(sockets[0]?.isClosed).toBe(true);
    await clock.pass(500);
    expect(phase()).toBe('connecting');
    expect(open()).toHaveLength(1);
  });

  it('hands frames on once it is ready, but no pong', async () => {
    await connected();
    const frames = created(message(4));
    frames.forEach((frame) => socket().says(frame));
    socket().says({ type: 'pong' });
    expect(heard).toEqual(frames);
  });
});

describe('a lost connection', () => {
  it('is made again after a wait that doubles', async () => {
    await connected();
    socket().ends(1_006);
    expect(states.at(-1)).toEqual({ phase: 'waiting', attempt: 1, until: clock.time + 500 });
    await clock.pass(500);
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ attempt: 2, until: clock.time + 1_000 });
    await clock.pass(1_000);
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ attempt: 3, until: clock.time + 2_000 });
  });

  it('waits from the beginning only after five good seconds', async () => {
    await connected();
    socket().ends(1_006);
    await clock.pass(500);
    await becomesReady();
    await clock.pass(STABLE_MS - 1);
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ attempt: 2, until: clock.time + 1_000 });
    await clock.pass(1_000);
    await becomesReady();
    await clock.pass(STABLE_MS);
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ attempt: 1, until: clock.time + 500 });
  });

  it.each([1_000, 1_001, 1_006, 4_000, 4_001, 4_003, 4_006])(
    'with the code %i comes back',
    async (code) => {
      await connected();
      socket().ends(code);
      expect(phase()).toBe('waiting');
    },
  );

  it.each([4_501, 4_502, 4_504, 4_506, 4_508])('with the code %i stays away', async (code) => {
    await connected();
    socket().ends(code);
    expect(states.at(-1)).toEqual({ phase: 'stopped', code });
    await clock.pass(3_600_000);
    connection.wake();
    expect(sockets).toHaveLength(1);
    expect(clock.isIdle).toBe(true);
  });

  it('can be begun anew by hand when it stays away', async () => {
    await connected();
    socket().ends(4_502);
    await connected();
    expect(phase()).toBe('ready');
    expect(sockets).toHaveLength(2);
  });

  it('is noticed when nothing is heard any more', async () => {
    await connected();
    await clock.pass(QUIET_MS);
    expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
    expect(phase()).toBe('ready');
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('waiting');
  });

  it('is none as long as something is heard', async () => {
    await connected();
    for (let round = 0; round < 5; round += 1) {
      await clock.pass(QUIET_MS);
      socket().says({ type: 'pong' });
    }
    expect(phase()).toBe('ready');
    expect(sockets).toHaveLength(1);
  });

  it('says nothing more: an old socket is not listened to', async () => {
    await connected();
    const old = socket();
    old.ends(1_006);
    await clock.pass(500);
    await becomesReady();
    old.ends(4_500);
    old.says(created(message(4))[0] as ServerFrame);
    old.onopen?.();
    expect(phase()).toBe('ready');
    expect(heard).toEqual([]);
    expect(old.sent).toHaveLength(1);
    expect(open()).toHaveLength(1);
  });

  it('takes nothing to send', async () => {
    await connected();
    socket().ends(1_006);
    expect(connection.send({ type: 'ping' })).toBe(false);
  });
});

describe('the network or the tab coming back', () => {
  it('ends a wait at once', async () => {
    await connected();
    socket().ends(1_006);
    connection.wake();
    await becomesReady();
    expect(phase()).toBe('ready');
    await clock.pass(1_000);
    expect(sockets).toHaveLength(2);
  });

  it('asks a silent socket whether it lives', async () => {
    await connected();
    connection.wake();
    expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
    await clock.pass(PATIENCE_MS - 1);
    socket().says({ type: 'pong' });
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('ready');
    connection.wake();
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('waiting');
  });

  it('leaves a slow socket as long as it takes what waits, and no longer', async () => {
    await connected();
    socket().bufferedAmount = 300_000;
    connection.wake();
    for (const left of [200_000, 100_000]) {
      socket().bufferedAmount = left;
      await clock.pass(PATIENCE_MS);
      expect(phase()).toBe('ready');
    }
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('waiting');
  });

  it('starts nothing that was stopped', async () => {
    connection.wake();
    await settled();
    expect(sockets).toHaveLength(0);
  });
});

describe('a network that is said to be gone', () => {
  it('leaves a silent socket little time', async () => {
    await connected();
    connection.doubt();
    expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
    await clock.pass(DOUBT_MS);
    expect(phase()).toBe('waiting');
  });

  it('leaves a socket that answers, for the server may be nearer than the network', async () => {
    await connected();
    connection.doubt();
    socket().says({ type: 'pong' });
    await clock.pass(DOUBT_MS);
    expect(phase()).toBe('ready');
  });

  it('is nothing to whoever has no connection', async () => {
    connection.doubt();
    await settled();
    expect(sockets).toEqual([]);
  });
});

describe('a server that is about to stop', () => {
  it('says when to come back', async () => {
    await connected();
    socket().says({ type: 'draining', retry_after_ms: 1_234 });
    expect(phase()).toBe('ready');
    socket().ends(4_002);
    expect(states.at(-1)).toMatchObject({ phase: 'waiting', until: clock.time + 1_234 });
    await clock.pass(1_234);
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ until: clock.time + 1_000 });
  });

  it('has no say in a later connection', async () => {
    await connected();
    socket().says({ type: 'draining', retry_after_ms: 60_000 });
    socket().ends(4_502);
    await connected();
    socket().ends(1_006);
    expect(states.at(-1)).toMatchObject({ until: clock.time + 500 });
  });
});

describe('the token', () => {
  it('is renewed on the living socket before it ends', async () => {
    await connected();
    for (let passed = 0; passed < TOKEN_MS - RENEW_MS; passed += 10_000) {
      await clock.pass(10_000);
      socket().says({ type: 'pong' });
    }
    expect(socket().sent.filter((frame) => frame.type === 'auth')).toEqual([
      { type: 'auth', token: 'token-1' },
      { type: 'auth', token: 'token-2' },
    ]);
    expect(sockets).toHaveLength(1);
  });

  it('that there is none of means that the session is over', async () => {
    token = () => Promise.resolve(null);
    await connecting();
    expect(states.at(-1)).toEqual({ phase: 'stopped', code: 4_500 });
    expect(sockets).toHaveLength(0);
    expect(clock.isIdle).toBe(true);
  });

  describe.each([4_004, 4_500, 4_505])('that was refused with the code %i', (code) => {
    it('is followed by the next one at once', async () => {
      await connected();
      socket().ends(code);
      expect(phase()).toBe('connecting');
      await becomesReady();
      expect(phase()).toBe('ready');
      expect(refused).toEqual(['token-1']);
      expect(sockets.map((it) => it.sent[0])).toEqual([
        { type: 'auth', token: 'token-1' },
        { type: 'auth', token: 'token-2' },
      ]);
    });

    it('as the first frame is followed by the next one too', async () => {
      await connecting();
      socket().onopen?.();
      socket().ends(code);
      await becomesReady();
      expect(phase()).toBe('ready');
      expect(refused).toEqual(['token-1']);
      // It is as good as any: another refusal is a first one again.
      socket().ends(code);
      await becomesReady();
      expect(phase()).toBe('ready');
      expect(refused).toEqual(['token-1', 'token-2']);
    });

    it('means that the session is over when there is no next one', async () => {
      await connected();
      token = () => Promise.resolve(null);
      socket().ends(code);
      await settled();
      expect(states.at(-1)).toEqual({ phase: 'stopped', code: 4_500 });
      expect(sockets).toHaveLength(1);
      expect(clock.isIdle).toBe(true);
    });

    it('is asked for again when the next one cannot be had just now', async () => {
      await connected();
      const good = token;
      token = () => Promise.reject(new Error('no network'));
      socket().ends(code);
      await settled();
      expect(phase()).toBe('waiting');
      token = good;
      await clock.pass(500);
      await becomesReady();
      expect(phase()).toBe('ready');
      expect(refused).toEqual(['token-1', 'token-1']);
    });
  });

  it.each([4_500, 4_505])('that was refused twice, with the code %i, is believed', async (code) => {
    await connected();
    socket().ends(code);
    await settled();
    socket().onopen?.();
    socket().ends(code);
    expect(states.at(-1)).toEqual({ phase: 'stopped', code });
    await clock.pass(3_600_000);
    expect(sockets).toHaveLength(2);
    expect(clock.isIdle).toBe(true);
  });

  it('that ends again and again is asked for with a wait in between', async () => {
    await connected();
    socket().ends(4_004);
    await settled();
    socket().ends(4_004);
    expect(phase()).toBe('waiting');
    await clock.pass(500);
    await becomesReady();
    expect(refused).toEqual(['token-1', 'token-2']);
    expect(phase()).toBe('ready');
  });

  it.each([-3_600_000, 3_600_000])(
    'is renewed in time when the clock is put right by %i ms',
    async (correction) => {
      await connected();
      timeOfDay = () => clock.time + correction;
      socket().ends(1_006);
      await clock.pass(500);
      await becomesReady();
      for (let passed = 0; passed < TOKEN_MS - RENEW_MS; passed += 10_000) {
        await clock.pass(10_000);
        socket().says({ type: 'pong' });
      }
      expect(socket().sent.filter((frame) => frame.type === 'auth')).toEqual([
        { type: 'auth', token: 'token-2' },
        { type: 'auth', token: 'token-3' },
      ]);
    },
  );

  it('that cannot be had just now is asked for again', async () => {
    const good = token;
    token = () => Promise.reject(new Error('no network'));
    await connecting();
    expect(phase()).toBe('waiting');
    token = good;
    await clock.pass(500);
    await becomesReady();
    expect(phase()).toBe('ready');
  });

  it('that never comes is not waited for', async () => {
    token = () => new Promise(() => {});
    await connecting();
    await clock.pass(PATIENCE_MS);
    expect(phase()).toBe('waiting');
  });

  it('that comes after the connection was stopped opens no socket', async () => {
    let give: (token: Token) => void = () => {};
    token = () => new Promise((resolve) => (give = resolve));
    await connecting();
    connection.stop();
    give({ text: 'late', endsAt: clock.time + TOKEN_MS });
    await settled();
    expect(sockets).toHaveLength(0);
    expect(states.at(-1)).toEqual({ phase: 'stopped', code: null });
  });

  it('that comes late, after the next attempt began, opens no second socket', async () => {
    const late: ((token: Token) => void)[] = [];
    token = () => new Promise((resolve) => late.push(resolve));
    await connecting();
    await clock.pass(PATIENCE_MS + 500);
    late.forEach((give) => give({ text: 'late', endsAt: clock.time + TOKEN_MS }));
    await settled();
    expect(late).toHaveLength(2);
    expect(sockets).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('closes the socket and leaves nothing running', async () => {
    await connected();
    connection.stop();
    expect(socket().isClosed).toBe(true);
    expect(clock.isIdle).toBe(true);
    expect(states.at(-1)).toEqual({ phase: 'stopped', code: null });
  });
});
