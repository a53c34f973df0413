// Messages from the moment they are written until the server has them for good.
//
// Promises: a message is shown at once and stored before it is sent; it is sent, in the order of writing within
// its room, until it is acknowledged or refused for good; a reload, a crash or an hour offline loses
// none; and because its `client_id` is made once, it is one message however often it is sent.
// Each tab sends what was written in it, and what a tab left behind that is gone.
// What is refused, answered by nobody or broken holds up nothing else, and everything can be given up.
import type { ClientFrame, Problem } from '../api/types';
import { toJson } from '../lib/wellformed';
import { isOutgoing, type Database, type Outgoing, type Refusal } from './db';
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
/** The pause after such a refusal that names none; it doubles with each … */
const PAUSE_MS = 2_000;
/** … up to here. */
const LONGEST_PAUSE_MS = 30_000;
/** An answer is waited for so long on a connection that stands. */
export const PATIENCE_MS = 10_000;
/** After so many failures that are the message's own it is no longer tried without being asked to. */
export const MOST_TRIES = 3;

const UNANSWERED: Refusal = { code: 'unanswered', detail: 'The server did not answer.' };
const UNREADABLE: Refusal = { code: 'unreadable', detail: 'The server cannot read it.' };

export class Outbox {
  private entries: Outgoing[] = [];
  /** Sent on this connection and not answered yet, with how the wait for the answer is called off. */
  private readonly asked = new Map<string, () => void>();
  /** Set while the server wants a pause: by room, or of everything this person sends. */
  private readonly pauses = new Map<string, () => void>();
  /** How often each message was refused for reasons that may pass, and how often answered by nobody. */
  private readonly failures = new Map<string, number>();
  private readonly silences = new Map<string, number>();
  /** Given up here, or known to the server: what is read from the database at this moment may be older. */
  private readonly gone = new Set<string>();
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
    const stored: unknown[] = await tx.store.index('userId').getAll(this.userId);
    const adopted: Outgoing[] = [];
    // What is none of ours, or was damaged, is passed over.
    for (const entry of [...stored, ...this.shelved()].filter(isOutgoing)) {
      if (entry.tab !== this.tab && living.has(entry.tab)) continue;
      if (this.find(entry.clientId) || this.gone.has(entry.clientId)) continue;
      const mine = { ...entry, tab: this.tab };
      this.entries.push(mine);
      await tx.store.put(mine);
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
    void this.world.gone(tab).then(
      () => {
        this.heirOf.delete(tab);
        return this.adopt();
      },
      () => {},
    );
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
    shelve(this.world.shelf, place(entry.clientId), toJson(entry));
    this.entries.push(entry);
    this.show();
    if (await this.stored(() => this.db.put('outgoing', entry))) {
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
    this.forgetTries(clientId);
    await this.replace(again);
    this.flush();
  }

  /** Gives a message up. */
  async discard(clientId: string): Promise<void> {
    this.gone.add(clientId);
    this.entries = this.entries.filter((entry) => entry.clientId !== clientId);
    this.answered(clientId);
    this.forgetTries(clientId);
    this.show();
    this.world.shelf.removeItem(place(clientId));
    // What follows in its room need not wait for the database.
    this.flush();
    await this.stored(() => this.db.delete('outgoing', clientId));
  }

  /** The connection is ready: whatever was asked on an older one is asked again. */
  connected(): void {
    this.forgetTimers();
    this.flush();
  }

  /** There is no connection: no answer is waited for. */
  disconnected(): void {
    this.forgetTimers();
  }

  /**
   * The server ended the connection because of what it was sent: whatever waits for an answer may have
   * been that. Answers whether there was anything.
   */
  async blamed(): Promise<boolean> {
    const suspects = [...this.asked.keys()];
    await Promise.all(suspects.map((clientId) => this.refuse(clientId, UNREADABLE)));
    return suspects.length > 0;
  }

  /** The server has the message, which is shown as on its way until it stands in its room. */
  taken(clientId: string): void {
    this.asked.get(clientId)?.();
    this.asked.set(clientId, () => {});
  }

  /** The server has the message for good, and it stands in its room. */
  async acknowledged(clientId: string): Promise<void> {
    if (!this.find(clientId)) return;
    await this.discard(clientId);
  }

  /** The server refused. */
  async refused(clientId: string, problem: Problem): Promise<void> {
    const entry = this.find(clientId);
    if (!entry) return;
    this.answered(clientId);
    const { code, detail, retry_after_ms } = problem;
    if (!TEMPORARY.has(code)) return this.refuse(clientId, { code, detail });
    // How much one sends is limited for all rooms together.
    if (code === 'rate_limited') return this.pause('', retry_after_ms ?? PAUSE_MS);
    this.silences.delete(clientId);
    const tries = counted(this.failures, clientId);
    // A server that is away comes back; one that breaks each time at this message does not.
    if (code === 'internal' && tries >= MOST_TRIES) return this.refuse(clientId, { code, detail });
    const ms = retry_after_ms ?? Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (tries - 1));
    this.pause(entry.room, ms);
  }

  private async refuse(clientId: string, refusal: Refusal): Promise<void> {
    const entry = this.find(clientId);
    this.answered(clientId);
    if (!entry) return;
    const refused = this.replace({ ...entry, refusal });
    this.flush();
    await refused;
  }

  /** Nobody answered on a connection that stands. Asked once more it is the same message. */
  private async unanswered(clientId: string): Promise<void> {
    this.asked.delete(clientId);
    if (counted(this.silences, clientId) >= MOST_TRIES) await this.refuse(clientId, UNANSWERED);
    else this.flush();
  }

  private answered(clientId: string): void {
    this.asked.get(clientId)?.();
    this.asked.delete(clientId);
  }

  private forgetTries(clientId: string): void {
    this.failures.delete(clientId);
    this.silences.delete(clientId);
  }

  /** Whether an answer with this `ref` is one to a message of this outbox. */
  has(clientId: string): boolean {
    return this.find(clientId) !== undefined;
  }

  /** Forgets its timers; what is stored stays. */
  close(): void {
    this.isClosed = true;
    this.forgetTimers();
  }

  private forgetTimers(): void {
    [...this.asked.values(), ...this.pauses.values()].forEach((cancel) => cancel());
    this.asked.clear();
    this.pauses.clear();
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

  private async replace(entry: Outgoing): Promise<void> {
    this.entries = this.entries.map((old) => (old.clientId === entry.clientId ? entry : old));
    this.show();
    await this.stored(() => this.db.put('outgoing', entry));
  }

  /** What this person wrote and no database has yet. */
  private shelved(): Outgoing[] {
    const { shelf } = this.world;
    const left = places(shelf, PLACE).map((place) => parsed(shelf.getItem(place)));
    return left.filter(isOutgoing).filter(({ userId }) => userId === this.userId);
  }

  /** A browser whose database is full or broken still sends. Answers whether it took the change. */
  private async stored(change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
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
    if (this.pauses.has('') || this.isClosed) return;
    const busy = new Set(this.pauses.keys());
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
      const { clientId } = entry;
      const late = this.world.after(PATIENCE_MS, () => void this.unanswered(clientId));
      this.asked.set(clientId, late);
    }
  }
}

/** One more; answers how many it is. */
function counted(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

/** What a text says as JSON; nothing where it is none. */
function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
