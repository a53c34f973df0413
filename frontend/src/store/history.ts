// Reads a room's history as it is needed: the place where one enters, and the pages around it.
import type { Api } from '../api/client';
import type { Message } from '../api/types';
import { applyFrames, applyVisit } from './apply';
import type { ChatStore } from './chat.svelte';
import { roomOf, type Timeline } from './model';
import { applyNewer, applyOlder, applyPage } from './pages';
import { firstUnread } from './unread';

const PAGE = 50;
/** So many more pages are read to find what is unread. */
const MOST_PAGES = 10;

export class History {
  private readonly loading = new Map<string, Promise<void>>();

  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
  ) {}

  /** Loads where somebody enters: at a number, else around the first unread, else the newest. */
  enter(room: string, at: number | null): Promise<void> {
    return this.once(`enter ${room} ${at}`, async () => {
      const known = roomOf(this.store.state, room);
      const unread = known ? firstUnread(known) : null;
      if (known?.timeline && reaches(known.timeline, at, unread)) return;
      const around = at ?? unread;
      const query = around === null ? { limit: PAGE } : { around, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.store.update(applyPage, room, page);
      if (at === null && unread !== null) await this.toOthers(room, unread);
    });
  }

  /** Goes on to the first unread message of somebody else: before it may be what the person sent elsewhere. */
  private async toOthers(room: string, unread: number): Promise<void> {
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const { me } = this.store.state;
      const timeline = roomOf(this.store.state, room)?.timeline;
      const isThere = timeline?.items.some(
        ({ seq, sender, deleted_at }) =>
          seq >= unread && sender.id !== me?.id && deleted_at === undefined,
      );
      if (isThere || !timeline?.hasAfter) return;
      await this.newer(room);
    }
  }

  /** Goes back to the newest page. */
  latest(room: string): Promise<void> {
    return this.once(`latest ${room}`, async () => {
      const query = { limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.store.update(applyPage, room, page);
    });
  }

  /** Loads the next older page, where there is one. */
  older(room: string): Promise<void> {
    return this.once(`older ${room}`, async () => {
      const timeline = roomOf(this.store.state, room)?.timeline;
      const first = timeline?.items[0];
      if (!timeline?.hasBefore || !first) return;
      const query = { before: first.seq, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.store.update(applyOlder, room, page, first.seq);
    });
  }

  /** Loads the next newer page, where there is one. */
  newer(room: string): Promise<void> {
    return this.once(`newer ${room}`, async () => {
      const timeline = roomOf(this.store.state, room)?.timeline;
      const last = timeline?.items.at(-1);
      if (!timeline?.hasAfter || !last) return;
      const query = { after: last.seq, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.store.update(applyNewer, room, page, last.seq);
    });
  }

  /** Gets to know a room that the person is not in, so that it can be read along. */
  visit(room: string): Promise<void> {
    return this.once(`visit ${room}`, async () => {
      // Seen before: what it was then stands, and what changed since is read.
      if (this.store.state.visited?.summary.name === room) return this.follow(room);
      const details = await this.api.call('get', '/rooms/{room}', { path: { room } });
      this.store.update(applyVisit, details);
    });
  }

  /** Asks what changed in the room that is read along: nothing of it comes by itself. */
  follow(room: string): Promise<void> {
    return this.once(`follow ${room}`, async () => {
      let isBehind = true;
      while (isBehind) {
        const visited = this.store.state.visited;
        if (visited?.summary.name !== room || !visited.timeline) return;
        const query = { after: visited.cursor, limit: 100 };
        const page = await this.api.call('get', '/rooms/{room}/changes', { path: { room }, query });
        const { items: messages, last_seq, more } = page;
        const sync = { type: 'sync' as const, room, messages, last_seq, more, reset: false };
        this.store.update(applyFrames, [sync], Date.now());
        isBehind = more;
      }
    });
  }

  /** The same request twice at a time is one. */
  private once(key: string, load: () => Promise<void>): Promise<void> {
    const running = this.loading.get(key);
    if (running) return running;
    const started = load().finally(() => this.loading.delete(key));
    this.loading.set(key, started);
    return started;
  }
}

/** Whether what is loaded is enough to show the place where somebody enters. */
function reaches(timeline: Timeline, at: number | null, unread: number | null): boolean {
  if (at !== null) return holds(timeline.items, at);
  if (timeline.hasAfter) return false;
  return unread === null || !timeline.hasBefore || holds(timeline.items, unread);
}

function holds(items: readonly Message[], seq: number): boolean {
  const [first, last] = [items[0], items.at(-1)];
  return first !== undefined && last !== undefined && first.seq <= seq && seq <= last.seq;
}
