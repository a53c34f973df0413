// Keeps what is being written in a room: stored a moment after the last letter, and at once when
// the page goes out of sight or the room is left. A page that is going has no time for a database:
// what it had not stored yet waits in `localStorage`, which is written at once, and is stored by the next.
import type { LocalStorage } from '../../lib/local';
import type { Database } from '../../offline/db';
import { draftKey } from '../../store/drafts.svelte';

/** So long after the last letter it is stored. */
export const PAUSE_MS = 400;

export class Draft {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private unsaved: string | null = null;

  constructor(
    private readonly db: Pick<Database, 'draft' | 'putDraft' | 'isClosed'>,
    private readonly userId: number,
    private readonly room: string,
    private readonly local: LocalStorage,
  ) {}

  async load(): Promise<string> {
    const left = this.local.getItem(this.key);
    // A database that fails now has no draft, and whoever writes is not kept from it.
    if (left === null) return this.db.draft(this.userId, this.room).catch(() => '');
    if (await this.saved(left)) this.local.removeItem(this.key);
    return left;
  }

  /** The page is going. */
  putAside(): void {
    if (this.unsaved !== null && !this.db.isClosed) this.local.setItem(this.key, this.unsaved);
  }

  /** The text is this now. */
  changed(text: string): void {
    this.unsaved = text;
    if (this.timer !== null) clearTimeout(this.timer);
    // What no database takes waits in `localStorage` when the page goes.
    this.timer = setTimeout(() => this.flush().catch(() => {}), PAUSE_MS);
  }

  /** Stores what is not stored yet. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.unsaved === null) return;
    const text = this.unsaved;
    if (!(await this.saved(text))) {
      this.putAside();
      return;
    }
    if (this.unsaved === text) this.unsaved = null;
    this.local.removeItem(this.key);
  }

  /** Whether the database took it. */
  private async saved(text: string): Promise<boolean> {
    try {
      await this.db.putDraft(this.userId, this.room, text);
      return true;
    } catch {
      return false;
    }
  }

  private get key(): string {
    return draftKey(this.userId, this.room);
  }
}
