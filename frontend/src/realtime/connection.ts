// The socket to the server, as an explicit state machine. It owns when to connect, to wait and to
// stop; what the frames mean is for others.
//
//   stopped ──start──▶ connecting ──ready──▶ ready
//      ▲                   │  ▲                │
//      │ (4500–4999)       ▼  │ time, network  ▼
//      └──────────────── waiting ◀──── closed, silent
//
// Promises: one socket at most; nothing is sent before `ready`; waits grow and are jittered, end at
// once when the network or the tab comes back, and begin anew only after five good seconds; a
// socket that died without a word is noticed; that the session is over is believed only when the
// next token is refused as well, for a clock may have been put right, or another session begun.
import type { ClientFrame, ReadyFrame, ServerFrame } from '../api/types';
import { toJson } from '../lib/wellformed';
import type { ConnectionState } from '../store/model';
import { backoff } from './backoff';

/** Where a client goes on: the last number of each room that it has. */
export interface Cursors {
  epoch: string;
  rooms: Record<string, number>;
}

/** The part of a WebSocket that is used; a test owns its own. */
export interface SocketLike {
  /** As of a WebSocket; only an open one takes a frame. */
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  /** What was sent and is not on its way yet, in bytes. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number): void;
}

/** An access token and when it ends, in milliseconds of {@link World.ticks}. */
export interface Token {
  text: string;
  endsAt: number;
}

/** Everything that the machine needs of the world. */
export interface World {
  open(): SocketLike;
  /** A token that is good for more than {@link RENEW_MS}; `null` when the session is over. */
  token(): Promise<Token | null>;
  /** The next one after this was refused; `null` when the session is over. */
  tokenAfter(refused: string): Promise<Token | null>;
  /** Where to go on. */
  cursors(): Cursors | null;
  now(): number;
  /** Milliseconds of a clock that nobody puts right. */
  ticks(): number;
  after(ms: number, run: () => void): () => void;
  random(): number;
}

/** Who listens. */
export interface Listener {
  onState(state: ConnectionState): void;
  onReady(frame: ReadyFrame): void;
  onFrame(frame: ServerFrame): void;
}

/** A connection that lasted so long counts as a good one. */
export const STABLE_MS = 5_000;
/** After so long a silence the client asks whether anybody is there. */
export const QUIET_MS = 25_000;
/** The socket is given a new token so long before its own ends. */
export const RENEW_MS = 30_000;
/** How long the answer, or the whole way to `ready`, may take. */
export const PATIENCE_MS = 10_000;
/** … and so long where the browser says that there is no network. */
export const DOUBT_MS = 2_000;
/** Close codes from here on mean: do not come back by yourself. */
const STOP_CODES_FROM = 4_500;
/** There is no session any more: the same as when the server says so. */
const AUTH_FAILED = 4_500;
/** The token has ended, is none, or its session was ended: the next one tells what is true. */
const ASKS_FOR_A_TOKEN: readonly number[] = [4_004, AUTH_FAILED, 4_505];
/** The state of a socket that takes frames. */
const OPEN = 1;
/** Our own code for a socket that we give up. */
const GIVEN_UP = 4_999;

/** The one connection of this tab. */
export class Connection {
  private state: ConnectionState = { phase: 'stopped', code: null };
  private socket: SocketLike | null = null;
  private attempt = 0;
  private cancelTimer = () => {};
  private cancelStable = () => {};
  private cancelRenewal = () => {};
  /** Set by a `draining` frame: when the server wants us back. */
  private comeBackIn: number | null = null;
  /** The token that the socket was given last. */
  private shown: Token | null = null;
  /** The token that was refused, until the server takes another one. */
  private refused: Token | null = null;

  constructor(
    private readonly world: World,
    private readonly listener: Listener,
  ) {}

  /** Connects, and stays connected until {@link stop} or until the server says to stop. */
  start(): void {
    if (this.state.phase !== 'stopped') return;
    this.attempt = 0;
    void this.connect();
  }

  /** Ends it for good. */
  stop(): void {
    this.drop();
    this.enter({ phase: 'stopped', code: null });
  }

  /** The network or the tab came back: do not wait any longer, and trust no old socket. */
  wake(): void {
    if (this.state.phase === 'waiting') {
      void this.connect();
    } else if (this.state.phase === 'ready') {
      this.ask();
    }
  }

  /** The network is said to be gone: a socket that stands has little time to prove the contrary. */
  doubt(): void {
    if (this.state.phase === 'ready') this.ask(DOUBT_MS);
  }

  /** Sends a frame; `false` when there is nobody to send it to. */
  send(frame: ClientFrame): boolean {
    // One that is closing has not said so yet.
    if (this.state.phase !== 'ready' || this.socket?.readyState !== OPEN) return false;
    this.socket.send(toJson(frame));
    return true;
  }

  private enter(state: ConnectionState): void {
    this.state = state;
    this.listener.onState(state);
  }

  private async connect(): Promise<void> {
    this.drop();
    this.comeBackIn = null;
    this.enter({ phase: 'connecting', attempt: this.attempt });
    const connecting = this.state;
    this.cancelTimer = this.world.after(PATIENCE_MS, () => this.lost());
    const isCurrent = () => this.state === connecting;
    const token = await this.tokenWhile(isCurrent);
    if (token === null) return;
    const socket = this.world.open();
    this.socket = socket;
    this.shown = token;
    const isOurs = () => this.socket === socket;
    socket.onopen = () => {
      if (!isOurs()) return;
      const cursors = this.world.cursors();
      const auth: ClientFrame = {
        type: 'auth',
        token: token.text,
        ...(cursors ? { resume: cursors } : {}),
      };
      socket.send(toJson(auth));
    };
    socket.onmessage = (event) => {
      if (isOurs()) this.hear(event.data, token);
    };
    socket.onclose = (event) => {
      if (isOurs()) this.closed(event.code);
    };
  }

  /** A token for as long as it is wanted; without one the machine has moved on. */
  private async tokenWhile(isWanted: () => boolean): Promise<Token | null> {
    try {
      const { refused } = this;
      const token = await (refused ? this.world.tokenAfter(refused.text) : this.world.token());
      if (!isWanted()) return null;
      if (token === null) {
        this.drop();
        this.enter({ phase: 'stopped', code: AUTH_FAILED });
      }
      return token;
    } catch {
      if (isWanted()) this.lost();
      return null;
    }
  }

  /** Gives a live socket its next token in time, so that it need not end with the old one. */
  private renewLater(token: Token): void {
    // Tabs that have no lock between them should not all ask at the same moment.
    const early = RENEW_MS * (1 + this.world.random());
    const ms = Math.max(1_000, token.endsAt - early - this.world.ticks());
    this.cancelRenewal();
    this.cancelRenewal = this.world.after(ms, () => {
      const socket = this.socket;
      void this.tokenWhile(() => socket !== null && this.socket === socket).then((next) => {
        if (next === null) return;
        this.shown = next;
        this.send({ type: 'auth', token: next.text });
        this.renewLater(next);
      });
    });
  }

  private hear(data: unknown, token: Token): void {
    if (typeof data !== 'string') return;
    const frame = read(data);
    if (frame === null) return;
    if (this.state.phase === 'connecting') {
      if (frame.type !== 'ready') return;
      this.refused = null;
      this.enter({ phase: 'ready' });
      this.cancelStable = this.world.after(STABLE_MS, () => (this.attempt = 0));
      this.listenFor(QUIET_MS);
      this.renewLater(token);
      this.listener.onReady(frame);
      return;
    }
    this.listenFor(QUIET_MS);
    if (frame.type === 'draining') {
      this.comeBackIn = frame.retry_after_ms;
      return;
    }
    if (frame.type !== 'pong') this.listener.onFrame(frame);
  }

  /** Expects to hear something within this time; else asks. */
  private listenFor(ms: number): void {
    this.cancelTimer();
    this.cancelTimer = this.world.after(ms, () => this.ask());
  }

  private ask(patience = PATIENCE_MS): void {
    this.send({ type: 'ping' });
    this.awaitAnswer(patience);
  }

  /** What takes what waits before the question is a way that stands, however slow it is. */
  private awaitAnswer(patience: number): void {
    const waiting = this.socket?.bufferedAmount ?? 0;
    this.cancelTimer();
    this.cancelTimer = this.world.after(patience, () => {
      if ((this.socket?.bufferedAmount ?? 0) < waiting) this.awaitAnswer(patience);
      else this.lost();
    });
  }

  private closed(code: number): void {
    const isFirstDoubt = this.refused === null;
    if (ASKS_FOR_A_TOKEN.includes(code)) this.refused = this.shown;
    if (this.refused && isFirstDoubt) {
      void this.connect();
    } else if (code >= STOP_CODES_FROM && code <= 4_999) {
      this.drop();
      this.enter({ phase: 'stopped', code });
    } else {
      this.lost();
    }
  }

  /** Waits for the next attempt. */
  private lost(): void {
    this.drop();
    const ms = this.comeBackIn ?? backoff(this.attempt, this.world.random);
    this.comeBackIn = null;
    this.attempt += 1;
    this.cancelTimer = this.world.after(ms, () => void this.connect());
    this.enter({ phase: 'waiting', attempt: this.attempt, until: this.world.now() + ms });
  }

  private drop(): void {
    this.cancelTimer();
    this.cancelStable();
    this.cancelRenewal();
    const socket = this.socket;
    this.socket = null;
    socket?.close(GIVEN_UP);
  }
}

/** What the server said; what is no frame says nothing. */
function read(data: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' ? (frame as ServerFrame | null) : null;
  } catch {
    return null;
  }
}
