// Says that messages of private rooms have come to this device: at most once a second, and only where
// something is unread, for what was read was delivered.
import type { ClientFrame } from '../api/types';
import type { RoomState } from '../store/model';

/** So often at most. */
export const EVERY_MS = 1_000;
/** So many rooms at a time: whoever was away for long does not flood the server. */
export const AT_ONCE = 20;

export class Deliveries {
  private readonly told = new Map<string, number>();
  private cancelPause: (() => void) | null = null;

  constructor(
    private readonly rooms: () => Iterable<RoomState>,
    private readonly send: (frame: ClientFrame) => boolean,
    private readonly after: (ms: number, run: () => void) => () => void,
  ) {}

  /** Something may have come. */
  look(): void {
    if (this.cancelPause !== null) return;
    const news = [...this.rooms()].filter((room) => this.isNews(room)).slice(0, AT_ONCE);
    for (const { summary, cursor } of news) {
      if (!this.send({ type: 'delivered', room: summary.name, seq: cursor })) return;
      this.told.set(summary.name, cursor);
    }
    if (news.length === 0) return;
    this.cancelPause = this.after(EVERY_MS, () => {
      this.cancelPause = null;
      this.look();
    });
  }

  /** What was said on an older connection may not have arrived. */
  reset(): void {
    this.told.clear();
    this.close();
  }

  close(): void {
    this.cancelPause?.();
    this.cancelPause = null;
  }

  private isNews({ summary, cursor }: RoomState): boolean {
    const isUnread = summary.kind === 'private' && summary.unread > 0;
    return isUnread && cursor > (this.told.get(summary.name) ?? 0);
  }
}
