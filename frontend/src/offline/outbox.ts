// Messages from the moment they are written until the server has them for good.
//
// Promises: a message is shown at once and stored before it is sent; it is sent, in the order of writing within
// its room, until it is acknowledged or refused for good; a reload, a crash or an hour offline loses
// none; and because its `client_id` is made once, it is one message however often it is sent.
// Each tab sends what was written in it, and what a tab left behind that is gone.
import type { ClientFrame, Problem } from '../api/types';
import type { Database, Outgoing } from './db';

/** The part of the world that an outbox needs. */
export interface OutboxWorld {
  /** Hands a frame to the connection; `false` when there is none. */
  send(frame: ClientFrame): boolean;
  /** The tabs that are alive, this one among them. */
  livingTabs(): Promise<ReadonlySet<string>>;
  after(ms: number, run: () => void): () => void;
  now(): number;
  uuid(): string;
  /** Something changed: show it. */
  changed(entries: readonly Outgoing[]): void;
}

/** Refusals that do not last. */
const TEMPORARY: ReadonlySet<string> = new Set(['rate_limited', 'unavailable', 'internal']);
/** The pause after such a refusal that names none. */
const PAUSE_MS = 2_000;

export class Outbox {
  private entries: Outgoing[] = [];
  /** Sent on this connection and not answered yet. */
  private readonly asked = new Set<string>();
  /** Set while the server wants a pause. */
  private cancelPause: (() => void) | null = null;
  private lastAt = 0;

  constructor(
    private readonly db: Database,
    private readonly userId: number,
    private readonly tab: string,
    private readonly world: OutboxWorld,
  ) {}

  /** Takes over what is stored for this person by tabs that are gone. */
  async adopt(): Promise<void> {
    const living = await this.world.livingTabs();
    const tx = this.db.transaction('outgoing', 'readwrite');
    for (const entry of await tx.store.index('userId').getAll(this.userId)) {
      if (entry.tab !== this.tab && living.has(entry.tab)) continue;
      if (this.entries.some((other) => other.clientId === entry.clientId)) continue;
      const mine = { ...entry, tab: this.tab };
      await tx.store.put(mine);
      this.entries.push(mine);
    }
    await tx.done;
    this.entries.sort((a, b) => a.at - b.at);
    this.lastAt = Math.max(this.lastAt, this.entries.at(-1)?.at ?? 0);
    this.show();
    this.flush();
  }

  /** Takes a new message; it is stored when this resolves. */
  async add(room: string, text: string): Promise<Outgoing> {
    // Two in one millisecond keep their order.
    this.lastAt = Math.max(this.world.now(), this.lastAt + 1);
    const entry: Outgoing = {
      clientId: this.world.uuid(),
      userId: this.userId,
      room,
      text,
      at: this.lastAt,
      tab: this.tab,
    };
    this.entries.push(entry);
    this.show();
    await this.stored(this.db.put('outgoing', entry));
    this.flush();
    return entry;
  }

  /** Tries again what was refused. */
  async retry(clientId: string): Promise<void> {
    const entry = this.find(clientId);
    if (!entry) return;
    const { refusal: _, ...again } = entry;
    await this.replace(again);
    this.flush();
  }

  /** Gives a message up. */
  async discard(clientId: string): Promise<void> {
    this.entries = this.entries.filter((entry) => entry.clientId !== clientId);
    this.asked.delete(clientId);
    this.show();
    await this.stored(this.db.delete('outgoing', clientId));
  }

  /** The connection is ready: whatever was asked on an older one is asked again. */
  connected(): void {
    this.asked.clear();
    this.cancelPause?.();
    this.cancelPause = null;
    this.flush();
  }

  /** The server has the message for good. */
  async acknowledged(clientId: string): Promise<void> {
    if (!this.find(clientId)) return;
    await this.discard(clientId);
    this.flush();
  }

  /** The server refused. */
  async refused(clientId: string, problem: Problem): Promise<void> {
    const entry = this.find(clientId);
    if (!entry) return;
    this.asked.delete(clientId);
    if (TEMPORARY.has(problem.code)) {
      this.pause(problem.retry_after_ms ?? PAUSE_MS);
    } else {
      const { code, detail } = problem;
      await this.replace({ ...entry, refusal: { code, detail } });
      this.flush();
    }
  }

  /** Whether an answer with this `ref` is one to a message of this outbox. */
  has(clientId: string): boolean {
    return this.find(clientId) !== undefined;
  }

  /** Forgets its timers; what is stored stays. */
  close(): void {
    this.cancelPause?.();
  }

  private pause(ms: number): void {
    this.cancelPause?.();
    this.cancelPause = this.world.after(ms, () => {
      this.cancelPause = null;
      this.flush();
    });
  }

  private find(clientId: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.clientId === clientId);
  }

  private async replace(entry: Outgoing): Promise<void> {
    this.entries = this.entries.map((old) => (old.clientId === entry.clientId ? entry : old));
    this.show();
    await this.stored(this.db.put('outgoing', entry));
  }

  /** A browser whose storage is full or broken still sends; only a reload then forgets. */
  private async stored(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch {
      // What is shown stands in `entries`.
    }
  }

  private show(): void {
    this.world.changed([...this.entries]);
  }

  /** Sends the oldest of each room: the next one follows its answer, so that the order stays. */
  private flush(): void {
    if (this.cancelPause !== null) return;
    const busy = new Set<string>();
    for (const entry of this.entries) {
      if (entry.refusal !== undefined || busy.has(entry.room)) continue;
      busy.add(entry.room);
      if (this.asked.has(entry.clientId)) continue;
      const sent = this.world.send({
        type: 'message.send',
        ref: entry.clientId,
        room: entry.room,
        client_id: entry.clientId,
        text: entry.text,
      });
      if (!sent) return;
      this.asked.add(entry.clientId);
    }
  }
}
