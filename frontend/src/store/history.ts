// Reads a room's history as it is needed: the place where one enters, and the pages around it.
import type { Api } from '../api/client';
import type { Message } from '../api/types';
import { applyNewer, applyOlder, applyPage } from './apply';
import type { ChatState } from './model';

const PAGE = 50;

interface Holder {
  state: ChatState;
}

export class History {
  private readonly loading = new Map<string, Promise<void>>();

  constructor(
    private readonly holder: Holder,
    private readonly api: Api,
  ) {}

  /** Loads where somebody enters: at a number, else around the first unread, else the newest. */
  enter(room: string, at: number | null): Promise<void> {
    return this.once(`enter ${room} ${at}`, async () => {
      const known = this.holder.state.rooms.get(room);
      if (at === null && known?.timeline && !known.timeline.hasAfter) return;
      if (at !== null && known?.timeline && holds(known.timeline.items, at)) return;
      const unread = known && known.summary.unread > 0 ? known.summary.read_seq + 1 : null;
      const around = at ?? unread;
      const query = around === null ? { limit: PAGE } : { around, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.holder.state = applyPage(this.holder.state, room, page);
    });
  }

  /** Goes back to the newest page. */
  latest(room: string): Promise<void> {
    return this.once(`latest ${room}`, async () => {
      const query = { limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.holder.state = applyPage(this.holder.state, room, page);
    });
  }

  /** Loads the next older page, where there is one. */
  older(room: string): Promise<void> {
    return this.once(`older ${room}`, async () => {
      const timeline = this.holder.state.rooms.get(room)?.timeline;
      const first = timeline?.items[0];
      if (!timeline?.hasBefore || !first) return;
      const query = { before: first.seq, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.holder.state = applyOlder(this.holder.state, room, page);
    });
  }

  /** Loads the next newer page, where there is one. */
  newer(room: string): Promise<void> {
    return this.once(`newer ${room}`, async () => {
      const timeline = this.holder.state.rooms.get(room)?.timeline;
      const last = timeline?.items.at(-1);
      if (!timeline?.hasAfter || !last) return;
      const query = { after: last.seq, limit: PAGE };
      const page = await this.api.call('get', '/rooms/{room}/messages', { path: { room }, query });
      this.holder.state = applyNewer(this.holder.state, room, page);
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

function holds(items: readonly Message[], seq: number): boolean {
  const [first, last] = [items[0], items.at(-1)];
  return first !== undefined && last !== undefined && first.seq <= seq && seq <= last.seq;
}
