// Who may be meant after an `@`: those of the room, those one talks with, and whom the server finds. Made while a
// component is, for as long as it stands.
import type { Member, Room, User } from '../../api/types';
import { inTime } from '../../lib/patience';
import { isHere } from '../../store/people';
import { roomOf } from '../../store/model';
import { mayCallEverybody } from '../../store/rights';
import type { App, Chat } from '../context';
import { Pager } from '../pager.svelte';
import { retryWhile } from '../retryWhile.svelte';
import { ASKED } from '../switcher/choices';
import { offered, type Offered } from './offered';

/** So long one who is quicker than the server waits for it. */
const PATIENCE_MS = 1_000;

export class People {
  private readonly members: Pager<Member>;
  private readonly found: Pager<User>;
  /** What decides who may call everybody; until it is known nobody is offered to. */
  private about = $state.raw<Room | null>(null);
  private asked: Promise<unknown> = Promise.resolve();

  constructor(
    app: App,
    private readonly chat: Chat,
    private readonly room: string,
    /** What was typed of a name; `null` while nobody is meant. */
    private readonly query: () => string | null,
  ) {
    this.members = new Pager((asked) => chat.people.members(room, asked));
    this.found = new Pager((query) => chat.people.find({ ...query, limit: ASKED }));
    const isWanted = $derived(query() !== null && !this.state?.summary.peer);
    // Each time that somebody is begun to be named: rooms grow.
    $effect(() => {
      if (!isWanted) return;
      const ask = async () =>
        (this.about = await app.api.call('get', '/rooms/{room}', { path: { room } }));
      // Without an answer what was known before stands.
      this.asked = ask().catch(() => {});
    });
    $effect(() => (isWanted ? this.members.soon(query() ?? '') : undefined));
    $effect(() => {
      const asked = isWanted ? query() : null;
      return asked ? this.found.soon(asked) : undefined;
    });
    retryWhile(
      app.retry,
      () => isWanted && (this.members.hasFailed || this.found.hasFailed),
      () => Promise.all([this.members.again(query() ?? ''), this.found.again(query() ?? '')]),
    );
  }

  private get state() {
    return roomOf(this.chat.store.state, this.room);
  }

  offered(query: string, locale: string, everybody: readonly string[]): Offered[] {
    const { chat, state: room } = this;
    if (!room) return [];
    return offered({
      state: chat.store.state,
      room,
      me: chat.me.id,
      locale,
      query,
      members: this.members.items ?? [],
      found: this.found.items ?? [],
      everybody,
      mayCall: this.about !== null && mayCallEverybody(this.about, chat.store.state),
    });
  }

  /** Whether somebody is here now, as far as that is known. */
  isHere(id: number): boolean {
    const presence = this.state?.presence ?? null;
    const member = this.members.items?.find((it) => it.id === id);
    const isThere = member ? isHere(member, presence) : (presence?.online.has(id) ?? false);
    return isThere || this.chat.store.state.online.has(id);
  }

  /** Whether the server may still know somebody who is called just so. */
  get isSearching(): boolean {
    const query = this.query();
    const isKnown = this.found.shown === query && this.members.shown === query;
    return Boolean(query) && !this.state?.summary.peer && !isKnown;
  }

  /** Waits for whom the server finds, but not for long. */
  async settled(): Promise<void> {
    const query = this.query() ?? '';
    const all = [this.members.start(query), this.found.start(query), this.asked];
    await inTime(PATIENCE_MS, Promise.all(all));
  }
}
