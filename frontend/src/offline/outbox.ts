// Messages from the moment they are written until the server has them for good.
//
// Promises: a message is shown at once and stored before it is sent; it is sent, in the order of writing within
// its room, until it is acknowledged or refused for good; a reload, a crash or an hour offline loses
// none; and because its `client_id` is made once, it is one message however often it is sent.
// Each tab sends what was written in it, and what a tab left behind that is gone.
import type { ClientFrame, Problem } from '../api/types';
import type { Database, Outgoing } from './db';
import { places, shelve, type Shelf } from './shelf';

/** The part of the world that an outbox needs. */
export interface OutboxWorld {
  /** Hands a frame to the connection; `false` when there is none. */
  send(frame: ClientFrame): boolean;
  /** The tabs that are alive, this one among them. */
  livingTabs(): Promise<ReadonlySet<string>>;
  /** Resolves when a tab that is alive is gone. */
  gone(tab: string): Promise<void>;
  after(ms: number, run: () => void): () => void;
  now(): number;
  uuid(): string;
  /** Keeps what was written until the database has it. */
  shelf: Shelf;
  /** Something changed: show it. */
  changed(entries: readonly Outgoing[]): void;
}

const PLACE = 'adda.outgoing.';

function place(clientId: string): string {
  return PLACE + clientId;
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
  /** The tabs whose end is waited for. */
  private readonly heirOf = new Set<string>();
  private isClosed = false;

  constructor(
    private readonly db: Database,
    private readonly userId: number,
    private readonly tab: string,
    private readonly world: OutboxWorld,
  ) {}

  /** Takes over what is stored for this person by tabs that are gone. */
  async adopt(): Promise<void> {
    const living = await this.world.livingTabs();
    if (this.isClosed) return;
    living.forEach((tab) => this.inherit(tab));
    const tx = this.db.transaction('outgoing', 'readwrite');
    const stored = await tx.store.index('userId').getAll(this.userId);
    const adopted: Outgoing[] = [];
    for (const entry of [...stored, ...this.shelved()]) {
      if (entry.tab !== this.tab && living.has(entry.tab)) continue;
      if (this.entries.some((other) => other.clientId === entry.clientId)) continue;
      const mine = { ...entry, tab: this.tab };
      await tx.store.put(mine);
      this.entries.push(mine);
      adopted.push(mine);
    }
    await tx.done;
    adopted.forEach(({ clientId }) => this.world.shelf.removeItem(place(clientId)));
    this.entries.sort((a, b) => a.at - b.at);
    this.lastAt = Math.max(this.lastAt, this.entries.at(-1)?.at ?? 0);
    this.show();
    this.flush();
  }

  /** A tab that is closed just now is still alive when others look: they wait for what it leaves. */
  private inherit(tab: string): void {
    if (tab === this.tab || this.heirOf.has(tab)) return;
    this.heirOf.add(tab);
    void this.world.gone(tab).then(() => {
      this.heirOf.delete(tab);
      return this.adopt();
    });
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
    shelve(this.world.shelf, place(entry.clientId), JSON.stringify(entry));
    this.entries.push(entry);
    this.show();
    if (await this.stored(this.db.put('outgoing', entry))) {
      this.world.shelf.removeItem(place(entry.clientId));
    }
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
    this.world.shelf.removeItem(place(clientId));
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
    this.isClosed = true;
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

  /** What this person wrote and no database has yet. */
  private shelved(): Outgoing[] {
    const { shelf } = this.world;
    const texts = places(shelf, PLACE).map((place) => shelf.getItem(place) ?? 'null');
    return texts.flatMap((text) => {
      const entry = JSON.parse(text) as Outgoing | null;
      return entry?.userId === this.userId ? [entry] : [];
    });
  }

  /** A browser whose database is full or broken still sends. Answers whether it took the change. */
  private async stored(change: Promise<unknown>): Promise<boolean> {
    try {
      await change;
      return true;
    } catch {
      // What is shown stands in `entries`.
      return false;
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
