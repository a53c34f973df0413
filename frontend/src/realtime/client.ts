// Keeps what the app knows in step with the server: the frames of the connection go into the store,
// at most once per animation frame; a gap is asked for; the outbox is sent; the rest of the app says
// through here what it wants said. Whatever has to follow a change of the state happens in one place,
// wherever the change came from.
import { Refused, Unanswered, Unreachable } from '../api/errors';
import type { Api } from '../api/client';
import type { ClientFrame, Message, Problem, ReadyFrame, ServerFrame } from '../api/types';
import type { Outbox } from '../offline/outbox';
import {
  applyConnection,
  applyFrames,
  applyPreferences,
  applyReach,
  applyRead,
  applyReady,
  applyRoomList,
  expireTyping,
} from '../store/apply';
import type { ChatStore } from '../store/chat.svelte';
import type { ChatState, ConnectionState, RoomState } from '../store/model';
import type { Connection, Cursors } from './connection';
import { Deliveries } from './deliveries';
import { Watching, type WatchingView } from './watching';

/** What it needs of the page. */
export interface Page {
  /** Runs something before the next paint; at the latest soon, where nothing is painted. */
  beforePaint(run: () => void): void;
  after(ms: number, run: () => void): () => void;
  now(): number;
}

type Answer = { resolve: (message: Message | null) => void; reject: (error: Error) => void };

/** The answer to a command is waited for so long on a connection that stands. */
export const PATIENCE_MS = 10_000;
/** The server could not take what it was sent: it broke the protocol, or was too large. */
const BLAMING: ReadonlySet<number> = new Set([4_502, 4_508]);

/** A typing notice is repeated so often while it is true. */
const TYPING_EVERY_MS = 3_000;
/** So many frames since the last paint are a burst … */
export const BURST = 4;
/** … which is shown so often: nobody reads faster, and most of its rows are never drawn. */
export const BURST_EVERY_MS = 100;

export class RealtimeClient {
  private inbox: ServerFrame[] = [];
  private isScheduled = false;
  private isBurst = false;
  private readonly answers = new Map<string, Answer>();
  private nextRef = 1;
  private openRoom: string | null = null;
  /** The open room of which it could not be learnt how far the others have read. */
  private owesReach: string | null = null;
  /** Rooms that were asked for what is missing. */
  private readonly healing = new Set<string>();
  /** Rooms that are not marked as unread any more, of which the server could not be told. */
  private readonly unmarked = new Set<string>();
  /** Messages that the server has, whose own frame is not applied yet. */
  private accepted: Message[] = [];
  private typedAt = new Map<string, number>();
  private cancelExpiry = () => {};
  private cancelPause = () => {};
  private readonly stopListening: () => void;
  private readonly deliveries = new Deliveries(
    () => this.store.state.rooms.values(),
    (frame) => this.send(frame),
    (ms, run) => this.page.after(ms, run),
  );
  private readonly watching = new Watching((frame) => this.send(frame));

  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
    private readonly page: Page,
    /** Made by whoever makes this: each needs the other. */
    private readonly connection: () => Connection,
    private readonly outbox: () => Outbox,
  ) {
    this.stopListening = store.onChange(() => this.follow());
  }

  /** Where a new connection goes on. */
  cursors(): Cursors | null {
    const { epoch, rooms } = this.store.state;
    if (epoch === null) return null;
    return {
      epoch,
      rooms: Object.fromEntries([...rooms].map(([name, room]) => [name, room.cursor])),
    };
  }

  onState(state: ConnectionState): void {
    this.store.update(applyConnection, state);
    if (state.phase === 'ready') return;
    for (const answer of [...this.answers.values()])
      answer.reject(new Unreachable(new Error('The connection was lost.')));
    this.accepted = [];
    if (state.phase === 'stopped' && BLAMING.has(state.code ?? 0)) void this.goOnWithoutThat();
    else this.outbox().disconnected();
  }

  /** A message that ends each connection is refused, and the others are sent over the next one. */
  private async goOnWithoutThat(): Promise<void> {
    const wasThat = await this.outbox().blamed();
    this.outbox().disconnected();
    if (wasThat) this.connection().start();
  }

  onReady(frame: ReadyFrame): void {
    const frames = this.takeInbox();
    this.healing.clear();
    this.deliveries.reset();
    this.store.update((state) => applyReady(this.applied(state, frames), frame));
    this.repeatReads(frame);
    if (this.openRoom !== null) this.open(this.openRoom);
    this.watching.reset();
    this.outbox().connected();
    this.loadAgain();
  }

  /** The person does not want to wait, or wants another try of what was given up. */
  reconnect(): void {
    if (this.store.state.connection.phase === 'stopped') this.connection().start();
    else this.connection().wake();
  }

  /** Loads what is wanted and could not be loaded yet. */
  loadAgain(): void {
    const isUnknown = ({ summary }: RoomState) => !summary.last_message && summary.last_seq > 0;
    if ([...this.store.state.rooms.values()].some(isUnknown)) void this.loadRoomList();
    if (this.owesReach !== null) void this.learnReach(this.owesReach);
  }

  onFrame(frame: ServerFrame): void {
    if (frame.type === 'ok' || frame.type === 'error') {
      this.answer(frame);
      return;
    }
    this.inbox.push(frame);
    this.schedule();
  }

  /** The rooms' latest messages, which `ready` does not carry. */
  private async loadRoomList(): Promise<void> {
    let cursor: string | undefined;
    try {
      do {
        const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
        const { items, next_cursor } = await this.api.call('get', '/rooms', { query });
        this.store.update(applyRoomList, items);
        cursor = next_cursor;
      } while (cursor !== undefined);
    } catch {
      // The rooms do without a preview until it is asked for once more.
    }
  }

  /** What was read while nobody could be told. */
  private repeatReads({ rooms }: ReadyFrame): void {
    for (const { name: room, read_seq } of rooms) {
      const seq = this.store.state.rooms.get(room)?.summary.read_seq ?? 0;
      if (seq > read_seq) this.send({ type: 'read', room, seq });
    }
    for (const room of [...this.unmarked]) this.unmark(room);
  }

  /** What was marked as unread is so no more: a read mark says it, also one that stays where it is. */
  unmark(room: string): void {
    const known = this.store.state.rooms.get(room);
    this.unmarked.delete(room);
    if (!known?.summary.preferences.marked_unread) return;
    this.store.update(applyPreferences, room, { marked_unread: false });
    const isTold = this.send({ type: 'read', room, seq: known.summary.read_seq });
    if (!isTold) this.unmarked.add(room);
  }

  /** The person has read up to a number. A mark only moves forward. */
  read(room: string, seq: number): void {
    const known = this.store.state.rooms.get(room);
    if (known === undefined || seq <= known.summary.read_seq) return;
    this.store.update(applyRead, room, seq);
    this.send({ type: 'read', room, seq });
  }

  /** Sends a frame that is not answered; `false` when there is no connection. */
  private send(frame: ClientFrame): boolean {
    return this.connection().send(frame);
  }

  /** Sends a command and waits for its answer. */
  ask(
    frame: Extract<ClientFrame, { type: 'message.edit' | 'message.delete' }>,
  ): Promise<Message | null> {
    const ref = String(this.nextRef++);
    let cancel = () => {};
    return new Promise<Message | null>((resolve, reject) => {
      if (!this.send({ ...frame, ref })) {
        reject(new Unreachable(new Error('There is no connection.')));
        return;
      }
      cancel = this.page.after(PATIENCE_MS, () => reject(new Unanswered()));
      this.answers.set(ref, { resolve, reject });
    }).finally(() => {
      cancel();
      this.answers.delete(ref);
    });
  }

  /** Whose presence is shown: one room at a time, until it is told to stop. */
  watch(room: string): () => void {
    if (room !== this.openRoom) {
      this.unwatch();
      this.openRoom = room;
      this.open(room);
      this.unmark(room);
      // Since when the other person is away is told only to who asks.
      const peer = this.store.state.rooms.get(room)?.summary.peer;
      this.watchPeople('conversation', peer ? [peer.id] : []);
    }
    return () => {
      if (this.openRoom === room) this.unwatch();
    };
  }

  private open(room: string): void {
    if (!this.send({ type: 'room.open', room })) return;
    // Of a private room the marks come by themselves.
    const kind = this.store.state.rooms.get(room)?.summary.kind;
    if (kind === 'public') void this.learnReach(room);
  }

  private async learnReach(room: string): Promise<void> {
    this.owesReach = null;
    try {
      const query = { limit: 1 };
      const page = await this.api.call('get', '/rooms/{room}/receipts', { path: { room }, query });
      this.store.update(applyReach, room, page.others_read_seq);
    } catch {
      // The ticks do without until somebody reads on, or it is asked for once more.
      if (this.openRoom === room) this.owesReach = room;
    }
  }

  private unwatch(): void {
    if (this.openRoom !== null) this.send({ type: 'room.close', room: this.openRoom });
    this.openRoom = null;
    this.owesReach = null;
    this.watchPeople('conversation', []);
  }

  /** Whose coming and going a view shows. */
  watchPeople(view: WatchingView, people: readonly number[]): void {
    this.watching.want(view, people);
  }

  /** The person is writing or recording; the others are told every few seconds. */
  typing(room: string, kind: 'text' | 'voice' = 'text'): void {
    const now = this.page.now();
    if (now - (this.typedAt.get(room) ?? -Infinity) < TYPING_EVERY_MS) return;
    if (this.send({ type: 'typing', room, kind })) this.typedAt.set(room, now);
  }

  /** What was written is sent: the next letter is news again. */
  typed(room: string): void {
    this.typedAt.delete(room);
  }

  close(): void {
    this.stopListening();
    this.cancelExpiry();
    this.cancelPause();
    this.deliveries.close();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    const soon = () =>
      this.page.beforePaint(() => {
        this.isScheduled = false;
        this.flush();
      });
    if (this.isBurst) this.cancelPause = this.page.after(BURST_EVERY_MS, soon);
    else soon();
  }

  private flush(): void {
    this.isBurst = this.inbox.length > BURST;
    const frames = this.takeInbox();
    this.store.update((state) => this.applied(state, frames));
    this.settleOutbox();
  }

  /** What arrived, to be applied now. */
  private takeInbox(): ServerFrame[] {
    const frames = this.inbox;
    this.inbox = [];
    for (const frame of frames) {
      if (frame.type === 'sync' && !frame.more) this.healing.delete(frame.room);
    }
    return frames;
  }

  /** The state after these frames. One that cannot be applied takes none of the others with it. */
  private applied(before: ChatState, frames: readonly ServerFrame[]): ChatState {
    const now = this.page.now();
    try {
      return applyFrames(before, frames, now);
    } catch {
      return frames.reduce((state, frame) => {
        try {
          return applyFrames(state, [frame], now);
        } catch (error) {
          reportError(error);
          return state;
        }
      }, before);
    }
  }

  /** The state changed. */
  private follow(): void {
    this.heal();
    this.deliveries.look();
    this.expireLater();
  }

  /** A message leaves the outbox when it stands in its room, so that it is always shown once. */
  private settleOutbox(): void {
    if (this.accepted.length === 0) return;
    const { rooms } = this.store.state;
    const stands = ({ room, seq }: Message) => (rooms.get(room)?.cursor ?? Infinity) >= seq;
    const here = this.accepted.filter(stands);
    this.accepted = this.accepted.filter((message) => !stands(message));
    for (const message of here) void this.outbox().acknowledged(message.client_id);
  }

  /** Asks for what is missing, once a gap; the answer is a `sync`. */
  private heal(): void {
    const { epoch, rooms } = this.store.state;
    if (epoch === null) return;
    const missing = [...rooms].filter(([name, room]) => room.hasGap && !this.healing.has(name));
    if (missing.length === 0) return;
    const cursors = Object.fromEntries(missing.map(([name, room]) => [name, room.cursor]));
    if (!this.send({ type: 'resume', epoch, rooms: cursors })) return;
    missing.forEach(([name]) => this.healing.add(name));
  }

  private expireLater(): void {
    this.cancelExpiry();
    const ends = [...this.store.state.rooms.values()].flatMap((room) =>
      room.typing.map((typist) => typist.until),
    );
    if (ends.length === 0) return;
    const ms = Math.max(0, Math.min(...ends) - this.page.now());
    this.cancelExpiry = this.page.after(ms + 10, () => {
      this.store.update(expireTyping, this.page.now());
      // A clock that was put back meanwhile has expired nothing yet.
      this.expireLater();
    });
  }

  private answer(frame: Extract<ServerFrame, { type: 'ok' | 'error' }>): void {
    const ref = frame.ref;
    if (ref === undefined) return;
    if (this.outbox().has(ref)) {
      if (frame.type === 'ok' && frame.message) {
        this.outbox().taken(ref);
        this.accepted.push(frame.message);
        this.schedule();
      } else if (frame.type === 'ok') void this.outbox().acknowledged(ref);
      else void this.outbox().refused(ref, frame.error as Problem);
      return;
    }
    const waiting = this.answers.get(ref);
    if (waiting === undefined) return;
    if (frame.type === 'ok') waiting.resolve(frame.message ?? null);
    else waiting.reject(new Refused(frame.error as Problem));
  }
}
