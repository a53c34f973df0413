// Messages from the moment they are written until the server has them for good.
//
// Promises: a message is shown at once and stored before it is sent; it is sent until it is acknowledged or
// refused for good, in the order of writing within its room but for what is still uploaded, which waits for
// nobody and nobody for it; a reload, a crash or an hour offline loses none; and because its `client_id` is
// made once, it is one message however often it is sent.
// Each tab sends what was written in it, and what a tab left behind that is gone.
// What is refused, answered by nobody or broken holds up nothing else, and everything can be given up.
import { Refused } from '../api/errors';
import type { ClientFrame, Problem } from '../api/types';
import type { Course } from '../api/resumable';
import {
  begun,
  further,
  goesInFrame,
  loadsOf,
  named,
  shareSent,
  unfinishedOf,
  type Content,
  type Load,
  type Outgoing,
  type OutgoingState,
  type Refusal,
} from './outgoing';
import type { OutgoingStore } from './outgoingStore';

/** The part of the world that an outbox needs. */
export interface OutboxWorld {
  /** Hands a frame to the connection; `false` when there is none. */
  send(frame: ClientFrame): boolean;
  /** Brings what a message carries to the server; answers what it is called there. */
  upload(load: Load, course: Course): Promise<string>;
  /** The server need not wait for the rest of an upload. */
  giveUp(upload: string): void;
  /** What is in a file, as a data URL. */
  encode(file: Blob): Promise<string>;
  /** The tabs that are alive, this one among them. */
  livingTabs(): Promise<ReadonlySet<string>>;
  /** Resolves when a tab that is alive is gone. */
  gone(tab: string): Promise<void>;
  after(ms: number, run: () => void): () => void;
  now(): number;
  uuid(): string;
  /** A message is stored, or need not be any more: what else is kept of it can go. */
  stored(entry: Outgoing): void;
  /** Something changed: show it. */
  changed(entries: readonly Outgoing[]): void;
}

/** One thing that is being uploaded. */
interface Upload {
  clientId: string;
  /** Which one it is of what its message carries. */
  at: number;
  load: Load;
  /** So many of its bytes have gone. */
  sent: number;
  giveUp: AbortController;
}

/** Refusals that do not last. */
const TEMPORARY: ReadonlySet<string> = new Set(['rate_limited', 'unavailable', 'internal']);
/** What the server says of a message that carries what it does not know, or no longer. */
const UNKNOWN_MEDIA: ReadonlySet<string> = new Set(['invalid_input', 'not_found']);
/** The pause after such a refusal that names none; it doubles with each … */
const PAUSE_MS = 2_000;
/** … up to here. */
const LONGEST_PAUSE_MS = 30_000;
/** An answer is waited for so long on a connection that stands. */
export const PATIENCE_MS = 10_000;
/** What goes within a frame is waited for so much longer: a slow line takes so many bytes in a millisecond. */
const SLOWEST_BYTES_PER_MS = 16;
/** So many things are uploaded at the same time: the server takes no more of one person. */
const AT_ONCE = 2;
/** After so many failures that are the message's own it is no longer tried without being asked to. */
export const MOST_TRIES = 3;

const UNANSWERED: Refusal = { code: 'unanswered', detail: 'The server did not answer.' };
const UNREADABLE: Refusal = { code: 'unreadable', detail: 'The server cannot read it.' };

const CHANGED: Refusal = { code: 'changed', detail: 'The file cannot be read any more.' };

export class Outbox {
  private entries: Outgoing[] = [];
  /** How the wait for an answer is called off, of what is being sent. */
  private readonly waits = new Map<string, () => void>();
  /** Set while the server wants a pause: by room, or of everything this person sends. */
  private readonly pauses = new Map<string, () => void>();
  /** How often each message failed for reasons that may pass, broke the server, and was answered by nobody. */
  private readonly failures = new Map<string, number>();
  private readonly breaks = new Map<string, number>();
  private readonly silences = new Map<string, number>();
  /** Given up here, or known to the server: what is read from the database at this moment may be older. */
  private readonly gone = new Set<string>();
  private lastAt = 0;
  private readonly uploads = new Set<Upload>();
  /** The recordings that go within their frames, encoded; `null` while they are being encoded. */
  private readonly encoded = new Map<string, string | null>();
  /** Set while an upload that failed waits for its next try. */
  private readonly uploadPauses = new Map<string, () => void>();
  /** The tabs whose end is waited for. */
  private readonly heirOf = new Set<string>();
  private isClosed = false;

  constructor(
    private readonly stored: OutgoingStore,
    private readonly userId: number,
    private readonly tab: string,
    private readonly world: OutboxWorld,
  ) {}

  /** Takes over what is stored for this person by tabs that are gone. */
  async adopt(): Promise<void> {
    const living = await this.world.livingTabs();
    if (this.isClosed) return;
    living.forEach((tab) => this.inherit(tab));
    const met = new Set<string>();
    await this.stored.adopt((entry) => {
      met.add(entry.clientId);
      return this.takenOver(entry, living);
    });
    if (this.isClosed) return;
    // Written while the database was not there, or had no space.
    const missing = this.entries.filter(({ clientId }) => !met.has(clientId));
    missing.forEach((entry) => void this.store(entry));
    this.entries.sort((a, b) => a.at - b.at);
    this.lastAt = Math.max(this.lastAt, this.entries.at(-1)?.at ?? 0);
    this.show();
    this.flush();
  }

  private store(entry: Outgoing): Promise<void> {
    return this.stored.put(entry, () => this.world.stored(entry));
  }

  /** A stored message as this tab's own, if nobody else sends it. */
  private takenOver(entry: Outgoing, living: ReadonlySet<string>): Outgoing | null {
    const own = this.find(entry.clientId);
    if (own) return own;
    const isAnothers = entry.tab !== this.tab && living.has(entry.tab);
    if (isAnothers || this.gone.has(entry.clientId)) return null;
    const state = entry.state.kind === 'refused' ? entry.state : begun(entry.content);
    const mine = { ...entry, tab: this.tab, state };
    this.entries.push(mine);
    return mine;
  }

  /** A tab that is closed just now is still alive when others look: they wait for what it leaves. */
  private inherit(tab: string): void {
    if (tab === this.tab || this.heirOf.has(tab)) return;
    this.heirOf.add(tab);
    void this.world.gone(tab).then(
      () => {
        this.heirOf.delete(tab);
        return this.adopt();
      },
      () => {},
    );
  }

  /** Takes a new message; it is stored when this resolves. The same one twice is one. */
  async add(room: string, content: Content, clientId = this.world.uuid()): Promise<Outgoing> {
    const known = this.find(clientId);
    if (known) return known;
    // Two in one millisecond keep their order.
    this.lastAt = Math.max(this.world.now(), this.lastAt + 1);
    const entry: Outgoing = {
      clientId,
      userId: this.userId,
      room,
      content,
      state: begun(content),
      at: this.lastAt,
      tab: this.tab,
    };
    this.entries.push(entry);
    this.show();
    await this.store(entry);
    this.flush();
    return entry;
  }

  /** Tries again what was refused. */
  async retry(clientId: string): Promise<void> {
    this.forgetTries(clientId);
    const known = this.find(clientId);
    if (!known) return;
    const content = toTryAgain(known);
    this.carry(clientId, content);
    const entry = this.enter(clientId, begun(content));
    if (!entry) return;
    await this.store(entry);
    this.flush();
  }

  /** Gives a message up. */
  async discard(clientId: string): Promise<void> {
    const content = this.find(clientId)?.content;
    this.leave(clientId);
    if (content) unfinishedOf(content).forEach((upload) => this.world.giveUp(upload));
    await this.stored.giveUp(clientId);
  }

  /** A message is no longer on its way. */
  private leave(clientId: string): void {
    const entry = this.find(clientId);
    if (entry) this.world.stored(entry);
    this.gone.add(clientId);
    this.entries = this.entries.filter((entry) => entry.clientId !== clientId);
    this.stopWaiting(clientId);
    this.forgetTries(clientId);
    this.encoded.delete(clientId);
    this.uploadsOf(clientId).forEach(({ giveUp }) => giveUp.abort());
    this.show();
    // What follows in its room need not wait for the database.
    this.flush();
  }

  /** The connection is ready: whatever was asked on an older one is asked again. */
  connected(): void {
    this.stopSending();
    this.flush();
  }

  /** There is no connection: no answer is waited for. */
  disconnected(): void {
    this.stopSending();
  }

  /**
   * The server ended the connection because of what it was sent: whatever waits for an answer may have
   * been that. Answers whether there was anything.
   */
  async blamed(): Promise<boolean> {
    const suspects = this.entries.filter(({ state }) => state.kind === 'sending');
    await Promise.all(suspects.map(({ clientId }) => this.refuse(clientId, UNREADABLE)));
    return suspects.length > 0;
  }

  /** The server has the message, which is shown as on its way until it stands in its room. */
  taken(clientId: string): void {
    this.stopWaiting(clientId);
  }

  /** The server has the message for good, and it stands in its room. */
  async acknowledged(clientId: string): Promise<void> {
    if (!this.find(clientId)) return;
    this.leave(clientId);
    await this.stored.remove(clientId);
  }

  async refused(clientId: string, problem: Problem): Promise<void> {
    const { code, detail, retry_after_ms } = problem;
    // An id is made once: the message is there, with the same things uploaded a first time.
    if (code === 'client_id_reused') return this.acknowledged(clientId);
    if (!TEMPORARY.has(code)) {
      const content = this.find(clientId)?.content;
      const about = content && goesInFrame(content) ? { about: 'audio' as const } : {};
      return this.refuse(clientId, { code, detail, ...about });
    }
    const entry = this.enter(clientId, { kind: 'ready' });
    if (!entry) return;
    // How much one sends is limited for all rooms together.
    if (code === 'rate_limited') return this.pause('', retry_after_ms ?? PAUSE_MS);
    this.silences.delete(clientId);
    if (this.isBreaking(clientId, code)) return this.refuse(clientId, { code, detail });
    this.pause(entry.room, this.pauseAfterFailure(clientId, retry_after_ms));
  }

  /** A server that is away comes back; one that breaks each time at this message does not. */
  private isBreaking(clientId: string, code: string): boolean {
    return code === 'internal' && counted(this.breaks, clientId) >= MOST_TRIES;
  }

  private pauseAfterFailure(clientId: string, asked?: number | null): number {
    const tries = counted(this.failures, clientId);
    return asked ?? Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (tries - 1));
  }

  private async refuse(clientId: string, refusal: Refusal): Promise<void> {
    const entry = this.enter(clientId, { kind: 'refused', refusal });
    if (!entry) return;
    this.flush();
    await this.store(entry);
  }

  /** Nobody answered on a connection that stands. Asked once more it is the same message. */
  private async unanswered(clientId: string): Promise<void> {
    if (counted(this.silences, clientId) >= MOST_TRIES) {
      await this.refuse(clientId, UNANSWERED);
      return;
    }
    this.enter(clientId, { kind: 'ready' });
    this.flush();
  }

  private stopWaiting(clientId: string): void {
    this.waits.get(clientId)?.();
    this.waits.delete(clientId);
  }

  private forgetTries(clientId: string): void {
    this.failures.delete(clientId);
    this.breaks.delete(clientId);
    this.silences.delete(clientId);
  }

  /** Whether an answer with this `ref` is one to a message of this outbox. */
  has(clientId: string): boolean {
    return this.find(clientId) !== undefined;
  }

  /** Whether it is a message of this outbox, or was one. */
  knows(clientId: string): boolean {
    return this.has(clientId) || this.gone.has(clientId);
  }

  /** Forgets its timers; what is stored stays. */
  close(): void {
    this.isClosed = true;
    this.uploads.forEach(({ giveUp }) => giveUp.abort());
    this.forgetTimers();
  }

  /** What was on its way is as good as not sent. */
  private stopSending(): void {
    this.forgetTimers();
    for (const { clientId, state } of this.entries) {
      if (state.kind === 'sending') this.enter(clientId, { kind: 'ready' });
    }
  }

  private forgetTimers(): void {
    const timers = [this.waits, this.pauses, this.uploadPauses];
    for (const timer of timers) {
      timer.forEach((cancel) => cancel());
      timer.clear();
    }
  }

  /** Sends nothing into a room for a while; of no name: into none. */
  private pause(room: string, ms: number): void {
    this.pauses.get(room)?.();
    const over = () => {
      this.pauses.delete(room);
      this.flush();
    };
    this.pauses.set(room, this.world.after(ms, over));
  }

  private find(clientId: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.clientId === clientId);
  }

  /** Puts a message into another state, in which nothing is waited for; answers it, if it is there. */
  private enter(clientId: string, state: OutgoingState): Outgoing | null {
    this.stopWaiting(clientId);
    const known = this.find(clientId);
    if (!known) return null;
    const entry = { ...known, state };
    this.entries = this.entries.map((old) => (old === known ? entry : old));
    this.show();
    return entry;
  }

  private show(): void {
    this.world.changed([...this.entries]);
  }

  /** Gives a message another content: the same one, further on its way. */
  private carry(clientId: string, content: Content): void {
    this.entries = this.entries.map((entry) =>
      entry.clientId === clientId ? { ...entry, content } : entry,
    );
  }

  /** Encodes what goes within its frame, and uploads the rest. */
  private prepare(): void {
    if (this.isClosed) return;
    for (const { clientId, content, state } of this.entries) {
      if (state.kind === 'uploading' && goesInFrame(content)) {
        loadsOf(content).forEach((load) => void this.encode(clientId, load));
      }
    }
    while (this.uploads.size < AT_ONCE) {
      const next = this.nextUpload();
      if (!next) return;
      this.uploads.add(next);
      void this.upload(next);
    }
  }

  private async encode(clientId: string, load: Load): Promise<void> {
    const known = this.encoded.get(clientId);
    if (known === null || this.uploadPauses.has(clientId)) return;
    this.encoded.set(clientId, known ?? null);
    try {
      this.encoded.set(clientId, known ?? (await this.world.encode(load.file)));
      this.enter(clientId, { kind: 'ready' });
    } catch (error) {
      const refusal = await this.lastingReason(clientId, error, load.file);
      this.encoded.delete(clientId);
      await this.failedToUpload(clientId, error, load, refusal);
    }
    if (!this.find(clientId)) this.encoded.delete(clientId);
    this.flush();
  }

  /** What is to be uploaded next: of the oldest message the first. */
  private nextUpload(): Upload | null {
    for (const { clientId, content, state } of this.entries) {
      const isWaiting = state.kind === 'uploading' && !goesInFrame(content);
      if (!isWaiting || this.uploadPauses.has(clientId)) continue;
      const busy = new Set(this.uploadsOf(clientId).map(({ at }) => at));
      const loads = loadsOf(content);
      const at = loads.findIndex(({ media }, at) => media === null && !busy.has(at));
      const load = loads[at];
      if (load) return { clientId, at, load, sent: 0, giveUp: new AbortController() };
    }
    return null;
  }

  private uploadsOf(clientId: string): Upload[] {
    return [...this.uploads].filter((upload) => upload.clientId === clientId);
  }

  private async upload(upload: Upload): Promise<void> {
    const { clientId, at, load, giveUp } = upload;
    const course = {
      onProgress: (bytes: number) => {
        // The form around a file is a little larger than the file.
        upload.sent = Math.min(bytes, load.file.size);
        this.progressed(clientId);
      },
      onBegun: (name: string | null) => this.begunAs(clientId, at, name),
      signal: giveUp.signal,
    };
    try {
      const media = await this.world.upload(load, course);
      this.uploads.delete(upload);
      this.uploaded(clientId, at, media);
    } catch (error) {
      const refusal = await this.lastingReason(clientId, error, load.file);
      // Only now: until its pause begins it is not to be taken for one that waits.
      this.uploads.delete(upload);
      await this.failedToUpload(clientId, error, load, refusal);
    }
    this.flush();
  }

  /** One thing is on its way, and stays so: the next try, and the next page, go on with it. */
  private begunAs(clientId: string, at: number, upload: string | null): void {
    const known = this.find(clientId);
    if (!known) {
      // It was given up meanwhile.
      if (upload !== null && !this.isClosed) this.world.giveUp(upload);
      return;
    }
    this.carry(clientId, further(known.content, at, { upload }));
    const entry = this.find(clientId);
    if (entry) void this.store(entry);
  }

  /** One thing is there, and stays there: the next try goes on after it. */
  private uploaded(clientId: string, at: number, media: string): void {
    this.failures.delete(clientId);
    this.breaks.delete(clientId);
    const known = this.find(clientId);
    if (!known) return;
    const content = named(known.content, at, media);
    this.carry(clientId, content);
    // Another thing in it may have been refused meanwhile.
    const state = known.state.kind === 'uploading' ? begun(content) : known.state;
    const entry = this.enter(clientId, state);
    this.progressed(clientId);
    if (entry) void this.store(entry);
  }

  /** Shown by the hundredth: a browser tells more than anybody sees. */
  private progressed(clientId: string): void {
    const known = this.find(clientId);
    if (known?.state.kind !== 'uploading') return;
    const sent = this.uploadsOf(clientId).reduce((sum, upload) => sum + upload.sent, 0);
    const state = { kind: 'uploading', sent } as const;
    const hundredth = (entry: Pick<Outgoing, 'content' | 'state'>) =>
      Math.floor(shareSent(entry) * 100);
    if (hundredth({ ...known, state }) !== hundredth(known)) this.enter(clientId, state);
  }

  private async failedToUpload(
    clientId: string,
    error: unknown,
    load: Load,
    refusal: Refusal | null,
  ): Promise<void> {
    const content = this.find(clientId)?.content;
    if (!content || this.isClosed) return;
    if (refusal) {
      const name = loadsOf(content).length > 1 ? { name: load.name } : {};
      return this.refuse(clientId, { ...refusal, ...name, about: load.kind });
    }
    // What goes on where it stopped need not be shown as if it did not.
    if (unfinishedOf(content).length === 0) this.progressed(clientId);
    // What was uploaded beside it failed too.
    if (this.uploadPauses.has(clientId)) return;
    const asked = error instanceof Refused ? error.problem.retry_after_ms : null;
    const over = () => {
      this.uploadPauses.delete(clientId);
      this.prepare();
    };
    const ms = this.pauseAfterFailure(clientId, asked);
    this.uploadPauses.set(clientId, this.world.after(ms, over));
  }

  /** Why an upload will fail once more however often it is tried; nothing where it may not. */
  private async lastingReason(
    clientId: string,
    error: unknown,
    file: Blob,
  ): Promise<Refusal | null> {
    if (!(error instanceof Refused)) return (await isReadable(file)) ? null : CHANGED;
    const { code, detail } = error.problem;
    // What was uploaded beside it is no other try.
    const isBroken = !this.uploadPauses.has(clientId) && this.isBreaking(clientId, code);
    return isBroken || !error.isTemporary ? { code, detail } : null;
  }

  /** Sends the oldest of each room: the next one follows its answer, so that the order stays. */
  private flush(): void {
    this.prepare();
    if (this.pauses.has('') || this.isClosed) return;
    const sending = this.entries.filter(({ state }) => state.kind === 'sending');
    const busy = new Set([...this.pauses.keys(), ...sending.map(({ room }) => room)]);
    for (const entry of this.entries) {
      const { clientId, room, state } = entry;
      if (state.kind !== 'ready' || busy.has(room)) continue;
      busy.add(room);
      const data = this.encoded.get(clientId) ?? undefined;
      if (!this.world.send(commandOf(entry, data))) return;
      this.enter(clientId, { kind: 'sending' });
      const patience = PATIENCE_MS + (data?.length ?? 0) / SLOWEST_BYTES_PER_MS;
      const late = this.world.after(patience, () => void this.unanswered(clientId));
      this.waits.set(clientId, late);
    }
  }
}

/** Whether it can still be read: browsers read no file that was changed, moved or deleted since it was picked. */
async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** With what goes within the frame, encoded. */
function commandOf({ clientId, room, content }: Outgoing, data?: string): ClientFrame {
  const media = loadsOf(content).flatMap((load) => load.media ?? []);
  const text = content.kind === 'voice' ? '' : content.text;
  return {
    type: 'message.send',
    ref: clientId,
    room,
    client_id: clientId,
    ...(text === '' ? {} : { text }),
    ...(media.length === 0 ? {} : { media }),
    ...(data === undefined ? {} : { audio: { data } }),
  };
}

/** What is sent once more: the server forgets what was uploaded for nothing, and says so of the whole message. */
function toTryAgain({ content, state }: Outgoing): Content {
  const loads = loadsOf(content);
  const isForgotten =
    state.kind === 'refused' &&
    UNKNOWN_MEDIA.has(state.refusal.code) &&
    loads.every(({ media }) => media !== null);
  return isForgotten ? loads.reduce((next, _, at) => named(next, at, null), content) : content;
}

/** One more; answers how many it is. */
function counted(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
