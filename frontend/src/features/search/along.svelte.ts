// Who and what may be meant by what is typed: filters for the word that is being typed, and people and rooms to
// go to. Made while a component is, for as long as it stands.
import type { User, UserRef } from '../../api/types';
import { roomOf } from '../../store/model';
import type { I18n } from '../../i18n/index.svelte';
import { ASKED } from '../switcher/choices';
import type { App, Chat } from '../context';
import { Pager } from '../pager.svelte';
import type { Finder } from './finder.svelte';
import { begun, offersFor, type Offer } from './offers';
import { choicesAlong, type Option } from './options';
import { lastWord } from './query';

export class Along {
  private readonly people: Pager<User>;
  private readonly rooms;
  private readonly last = $derived.by(() => lastWord(this.finder.text));
  /** An operator that is begun: what it wants is being typed. */
  readonly operator = $derived(begun(this.last.word));
  readonly offers: readonly Offer[] = $derived.by(() => this.offered());
  readonly choices: readonly Option[] = $derived.by(() => this.chosen());

  constructor(
    private readonly app: App,
    private readonly chat: Chat,
    private readonly finder: Finder,
    private readonly i18n: I18n,
  ) {
    this.people = new Pager((query) => chat.people.find({ ...query, limit: ASKED }));
    this.rooms = new Pager((query) =>
      app.api.call('get', '/directory/rooms', { query: { ...query, limit: ASKED } }),
    );
    $effect(() => {
      const { name } = this;
      return name === null ? undefined : this.people.soon(name);
    });
    $effect(() => {
      const { name, operator } = this;
      const isAsked = name !== null && operator === null && finder.room === null;
      return isAsked ? this.rooms.soon(name) : undefined;
    });
  }

  /** What stands before the word that is being typed. */
  get before(): string {
    return this.last.before;
  }

  /** Whose name it may be: after an operator, or all that was typed. */
  private get name(): string | null {
    const { operator, finder } = this;
    if (operator !== null) return operator.kind === 'from' ? operator.value : null;
    return finder.text.trim() || null;
  }

  private offered(): Offer[] {
    const { state } = this.chat.store;
    return offersFor({
      word: this.last.word,
      people: this.near(),
      rooms: this.finder.room === null ? state.rooms.values() : [],
      me: this.chat.me,
      locale: this.i18n.locale,
      now: new Date(),
    });
  }

  /** Those who speak where one is, those one talks with, and those who were found. */
  private near(): UserRef[] {
    const { state } = this.chat.store;
    const { route } = this.app.router;
    const open = this.finder.room ?? (route.view === 'room' ? route.room : null);
    const said = open === null ? [] : (roomOf(state, open)?.timeline?.items ?? []);
    const speakers = said.map(({ sender }) => sender).reverse();
    const peers = [...state.rooms.values()].flatMap(({ summary: { peer } }) => peer ?? []);
    return [...speakers, ...peers, ...(this.people.items ?? []), ...state.people.values()];
  }

  private chosen(): Option[] {
    const { chat, finder, people, rooms } = this;
    if (finder.room !== null) return [];
    return choicesAlong({
      state: chat.store.state,
      me: chat.me.id,
      query: finder,
      locale: this.i18n.locale,
      people: people.items ?? [],
      rooms: rooms.items ?? [],
    });
  }
}
