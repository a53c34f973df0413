// Which voice messages somebody has begun to hear, in this browser or, in private rooms, in any; and which one
// follows of itself.
import type { Api } from '../api/client';
import type { Message } from '../api/types';
import type { LocalStorage } from '../lib/local';
import type { ChatStore } from './chat.svelte';
import { roomOf } from './model';

const PREFIX = 'adda.heard.';
/** So many are remembered, the latest ones. */
const MOST = 500;
const PAGE = 100;
/** What is further away is no longer of the same talk. */
const MOST_PAGES = 3;

export class Unheard {
  constructor(
    private readonly store: Pick<ChatStore, 'state'>,
    private readonly api: Pick<Api, 'call'>,
    private readonly local: LocalStorage,
    private readonly userId: number,
  ) {}

  /** Somebody begins to hear a message: in a private room, who sent it is told, unless one of them hides it. */
  began({ id, room, sender, audio }: Message): void {
    const others = this.heard().filter((other) => other !== id);
    this.local.setItem(PREFIX + this.userId, [...others, id].slice(-MOST).join(' '));
    const isPrivate = roomOf(this.store.state, room)?.summary.kind === 'private';
    if (!isPrivate || sender.id === this.userId || audio?.listened_at !== undefined) return;
    const path = { room, message_id: id };
    const told = this.api.call('put', '/rooms/{room}/messages/{message_id}/listened', { path });
    // It is told when it is heard once more.
    void told.catch(() => {});
  }

  /** The next voice message of others in the room that was not heard; `null` where there is none. */
  async after({ room, seq }: Message): Promise<Message | null> {
    const timeline = roomOf(this.store.state, room)?.timeline;
    const [first, last] = [timeline?.items[0], timeline?.items.at(-1)];
    let after = seq;
    if (timeline && first && last && first.seq <= seq && seq <= last.seq) {
      const found = this.firstOf(timeline.items, seq);
      if (found || !timeline.hasAfter) return found;
      after = last.seq;
    }
    // It is played from a part of the history that is not here any more, or goes beyond it.
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const query = { after, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      const found = this.firstOf(page.items, after);
      if (found || !page.has_after) return found;
      after = page.items.at(-1)?.seq ?? after;
    }
    return null;
  }

  private firstOf(items: readonly Message[], after: number): Message | null {
    const heard = new Set(this.heard());
    const isNext = ({ id, seq, sender, audio }: Message) =>
      seq > after &&
      audio !== undefined &&
      audio.listened_at === undefined &&
      sender.id !== this.userId &&
      !heard.has(id);
    return items.find(isNext) ?? null;
  }

  /** Read anew: other tabs write there too. */
  private heard(): string[] {
    return this.local.getItem(PREFIX + this.userId)?.split(' ') ?? [];
  }
}
