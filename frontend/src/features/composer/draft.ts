// Keeps what is being written in a room: stored a moment after the last letter, and at once when
// the page goes out of sight or the room is left.
import type { Database } from '../../offline/db';
import { loadDraft, saveDraft } from '../../offline/drafts';

/** So long after the last letter it is stored. */
export const PAUSE_MS = 400;

export class Draft {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private unsaved: string | null = null;

  constructor(
    private readonly db: Database,
    private readonly userId: number,
    private readonly room: string,
  ) {}

  load(): Promise<string> {
    return loadDraft(this.db, this.userId, this.room);
  }

  /** The text is this now. */
  changed(text: string): void {
    this.unsaved = text;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Stores what is not stored yet. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.unsaved === null) return;
    const text = this.unsaved;
    this.unsaved = null;
    await saveDraft(this.db, this.userId, this.room, text);
  }
}
