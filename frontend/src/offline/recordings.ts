// What is recorded and not sent yet: each piece is stored as it comes, so that a page that goes in the
// middle of it loses a second at most; and whoever comes to the room next is offered what it left.
//
// A recording is one tab's at a time, which holds a lock of its name: another tab that has the room open
// is offered it when that tab is gone, and no sooner. Its id is the `client_id` of the message that it
// becomes. Where the browser stores nothing it is in memory alone.
import { takeLock } from '../lib/locks';
import { uuid } from '../lib/uuid';
import type { Database, StoredPiece } from './db';

/** What a recorder hands over about each second. */
export type Piece = Pick<StoredPiece, 'data' | 'durationMs' | 'levels'>;

/** A recording that a page left behind. */
export interface Left {
  id: string;
  pieces: readonly Piece[];
}

/** What this tab has of a recording that is its own. */
interface Own {
  room: string;
  /** Ends when what was stored last is. */
  stored: Promise<unknown>;
  release: () => void;
  released: Promise<void>;
}

const LOCK = 'adda-recording-';

/** Answers whether it takes what was left. */
type Taker = (left: Left) => boolean | Promise<boolean>;

export class Recordings {
  private readonly own = new Map<string, Own>();

  constructor(
    private readonly db: Database,
    private readonly userId: number,
    /** Whether a message with this `client_id` is on its way, or was. */
    private readonly isSent: (id: string) => boolean,
    private readonly take: typeof takeLock = takeLock,
  ) {}

  /** A new recording; answers its id. */
  begin(room: string): string {
    const id = uuid();
    // Nobody else knows of it yet.
    const lock = this.take(LOCK + id, new AbortController().signal);
    this.hold(id, room, () => void lock.then((release) => release?.()));
    return id;
  }

  keep(id: string, number: number, piece: Piece): void {
    const own = this.own.get(id);
    if (!own) return;
    const stored = { userId: this.userId, room: own.room, recording: id, number, ...piece };
    // A browser that is full, or stores nothing, records all the same.
    own.stored = this.db.putPiece(stored).catch(() => {});
  }

  /** It is thrown away, or is a message by now: also one that another page recorded, in a room that is told. */
  async forget(id: string, room = this.own.get(id)?.room): Promise<void> {
    if (room === undefined) return;
    await this.db.removePieces(this.userId, room, id).catch(() => {});
    this.letGo(id);
  }

  /** This tab is done with it: it waits for whoever comes to the room next. */
  async leave(id: string): Promise<void> {
    await this.own.get(id)?.stored;
    this.letGo(id);
  }

  /**
   * Offers what was left behind in a room, each when no other tab has it. Who takes it says so, and has
   * it until it is forgotten or left again. Ends when it is given up.
   */
  async offer(room: string, taken: Taker, signal: AbortSignal): Promise<void> {
    const ids = await this.db.recordings(this.userId, room).catch(() => []);
    await Promise.all([...ids].map((id) => this.offerOne(id, room, taken, signal)));
  }

  private async offerOne(
    id: string,
    room: string,
    taken: Taker,
    signal: AbortSignal,
  ): Promise<void> {
    await this.own.get(id)?.released;
    const release = await this.take(LOCK + id, signal);
    if (release === null) return;
    this.hold(id, room, release);
    // Only now: the other tab may have sent it meanwhile.
    const stored = await this.db.pieces(this.userId, room, id).catch(() => null);
    const pieces = whole(stored ?? []);
    const isOver = stored !== null && (pieces.length === 0 || this.isSent(id));
    if (isOver) await this.forget(id);
    else if (pieces.length === 0 || signal.aborted || !(await taken({ id, pieces })))
      await this.leave(id);
  }

  private hold(id: string, room: string, letGo: () => void): void {
    let release = letGo;
    const released = new Promise<void>((resolve) => {
      release = () => {
        letGo();
        resolve();
      };
    });
    this.own.set(id, { room, stored: Promise.resolve(), release, released });
  }

  private letGo(id: string): void {
    this.own.get(id)?.release();
    this.own.delete(id);
  }
}

/** The pieces from the first one to where one is missing or damaged: what comes after it cannot be played. */
function whole(stored: readonly unknown[]): Piece[] {
  const end = stored.findIndex((piece, at) => !isPiece(piece) || piece.number !== at);
  return (end < 0 ? stored : stored.slice(0, end)) as Piece[];
}

function isPiece(stored: unknown): stored is StoredPiece {
  if (typeof stored !== 'object' || stored === null) return false;
  const { data, durationMs, levels } = stored as Partial<Record<keyof StoredPiece, unknown>>;
  const isLevels = Array.isArray(levels) && levels.every((level) => typeof level === 'number');
  return data instanceof Blob && typeof durationMs === 'number' && isLevels;
}
