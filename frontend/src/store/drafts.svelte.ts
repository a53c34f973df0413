// What is unfinished in each room, as the list of rooms shows it: read from where the browser keeps it at
// the start, and noted on its way there.
import { keysOf, type LocalStorage } from '../lib/local';
import type { Database } from '../offline/db';

/** Where a draft waits which no database has taken yet; of all rooms, how each begins. */
export function draftKey(userId: number, room = ''): string {
  return `adda.draft.${userId}.${room}`;
}

export class Drafts {
  /** By room; none of them is empty. */
  texts = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** Rooms whose drafts are known better: what was read from the database is older. */
  private readonly changed = new Set<string>();

  constructor(
    private readonly db: Pick<Database, 'draft' | 'drafts' | 'putDraft' | 'isClosed'>,
    userId: number,
    local: LocalStorage,
  ) {
    const beginning = draftKey(userId);
    for (const key of keysOf(local, beginning)) {
      const room = key.slice(beginning.length);
      this.changed.add(room);
      this.note(room, local.getItem(key) ?? '');
    }
    db.drafts(userId).then(
      (stored) => stored.forEach((text, room) => !this.changed.has(room) && this.note(room, text)),
      // A database that cannot be read has no drafts.
      () => {},
    );
  }

  get isClosed(): boolean {
    return this.db.isClosed;
  }

  draft(userId: number, room: string): Promise<string> {
    return this.db.draft(userId, room);
  }

  /** It is shown also where no database takes it. */
  putDraft(userId: number, room: string, text: string): Promise<void> {
    this.changed.add(room);
    this.note(room, text);
    return this.db.putDraft(userId, room, text);
  }

  private note(room: string, text: string): void {
    if (text.trim() === (this.texts.get(room) ?? '')) return;
    const texts = new Map(this.texts);
    if (text.trim() === '') texts.delete(room);
    else texts.set(room, text.trim());
    this.texts = texts;
  }
}
