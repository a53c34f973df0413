// Where messages on their way are stored: in the database, and in `localStorage`, which is written at
// once: there stands what the database has not taken yet, or does not take, for the page may go at any
// moment, and a database may fail. There also stands what the database could not forget, so that what
// was given up is not sent by the next page.
import { keysOf, type LocalStorage } from '../lib/local';
import { inTime } from '../lib/patience';
import { toJson } from '../lib/wellformed';
import type { Database } from './db';
import { loadsOf, readOutgoing, withContent, type Outgoing } from './outgoing';

const PREFIX = 'adda.outgoing.';
/** A browser may leave a request to its database unanswered; a message waits for it no longer than this. */
export const PATIENCE_MS = 1_000;

/** In `localStorage`: the database is to forget this message. */
interface Removal {
  userId: number;
  isRemoved: true;
}

/** Says what becomes of a message that is stored; `null`: it stays as it is. */
type Choose = (entry: Outgoing) => Outgoing | null;

export class OutgoingStore {
  /** What is damaged, and was reported. */
  private readonly reported = new Set<string>();

  constructor(
    private readonly db: Database,
    private readonly local: LocalStorage,
    private readonly userId: number,
  ) {}

  /**
   * Kept at once; in the database when this resolves, or still in `localStorage` if that says nothing.
   * `stored` hears of it when the database has it, which may be later, or never.
   */
  async put(entry: Outgoing, stored = () => {}): Promise<void> {
    if (loadsOf(entry.content).length > 0) {
      // No recording, picture or file fits into `localStorage`.
      await inTime(PATIENCE_MS, this.store(entry, stored));
      return;
    }
    const [key, text] = [PREFIX + entry.clientId, toJson(entry)];
    this.local.setItem(key, text);
    const isTaken = () => {
      // It may have changed once more meanwhile.
      if (this.local.getItem(key) === text) this.local.removeItem(key);
      stored();
    };
    await inTime(PATIENCE_MS, this.store(entry, isTaken));
  }

  private async store(entry: Outgoing, stored: () => void): Promise<void> {
    if (await succeeds(() => this.db.put(entry))) stored();
  }

  /** Forgets a message that the server has: should it stay after all, it is the same one once more. */
  async remove(clientId: string): Promise<void> {
    this.local.removeItem(PREFIX + clientId);
    await succeeds(() => this.db.remove(clientId));
  }

  /** Forgets a message that the person gave up: it must not stay. */
  async giveUp(clientId: string): Promise<void> {
    const key = PREFIX + clientId;
    const isStored = this.local.getItem(key) === null;
    this.local.removeItem(key);
    if (await succeeds(() => this.db.remove(clientId))) return;
    if (!isStored || this.db.isClosed) return;
    const removal: Removal = { userId: this.userId, isRemoved: true };
    this.local.setItem(key, toJson(removal));
  }

  /** Goes through all messages of this person, also those of other tabs. What is damaged is passed over. */
  async adopt(choose: Choose): Promise<void> {
    const removed = await this.removeAgain();
    // What stands in `localStorage` is newer than what the database has of it.
    for (const [clientId, record] of this.localRecords()) {
      const entry = isRemoval(record) ? null : this.chosen(withContent(record), clientId, choose);
      if (entry) await this.put(entry);
    }
    await succeeds(() =>
      this.db.adopt(this.userId, (stored, clientId) =>
        removed.has(clientId) ? null : this.chosen(stored, clientId, choose),
      ),
    );
  }

  /** What the database could not forget. */
  private async removeAgain(): Promise<ReadonlySet<string>> {
    const removals = this.localRecords().filter(([, record]) => isRemoval(record));
    for (const [clientId] of removals) {
      const isDone = await succeeds(() => this.db.remove(clientId));
      if (isDone) this.local.removeItem(PREFIX + clientId);
    }
    return new Set(removals.map(([clientId]) => clientId));
  }

  private chosen(stored: unknown, clientId: string, choose: Choose): Outgoing | null {
    const entry = readOutgoing(stored);
    if (entry) return choose(entry);
    if (!this.reported.has(clientId)) {
      this.reported.add(clientId);
      reportError(new Error(`The stored message ${clientId} is damaged and passed over.`));
    }
    return null;
  }

  /** What stands in `localStorage`, but for what is another person's. */
  private localRecords(): [clientId: string, record: unknown][] {
    const all = keysOf(this.local, PREFIX).map((key): [string, unknown] => [
      key.slice(PREFIX.length),
      parsed(this.local.getItem(key)),
    ]);
    return all.filter(([, record]) => (ownerOf(record) ?? this.userId) === this.userId);
  }
}

function isRemoval(record: unknown): record is Removal {
  return (record as Partial<Removal> | null)?.isRemoved === true;
}

function ownerOf(record: unknown): unknown {
  return (record as { userId?: unknown } | null)?.userId;
}

/** A browser whose database is full, broken or gone still sends. */
async function succeeds(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch {
    return false;
  }
}

/** What a text says as JSON; nothing where it is none. */
function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
