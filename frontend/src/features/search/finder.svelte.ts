// What somebody looks for and has found, in one room or everywhere. It outlives the view: whoever comes back
// from a message finds it as it was.
import type { Api } from '../../api/client';
import { Search } from '../../store/search.svelte';
import type { App, Chat } from '../context';
import { begun } from './offers';
import { format, lastWord, LONGEST, parse, typed, withChip, type Chip } from './query';

const PAGE = 20;
/** Of the hits in a room, which are gone through one by one. */
const LONG_PAGE = 50;

export function searchIn(api: Api, room: string | null, limit = LONG_PAGE): Search {
  return new Search(({ q, cursor }, signal) => {
    const utc_offset = -new Date().getTimezoneOffset();
    const query = { q, limit, utc_offset, ...(cursor !== undefined && { cursor }) };
    return room === null
      ? api.call('get', '/search', { query, signal })
      : api.call('get', '/rooms/{room}/search', { path: { room }, query, signal });
  });
}

export class Finder {
  chips = $state.raw<readonly Chip[]>([]);
  text = $state('');
  /** The choice that the keys are at, by its key: the list may change below it. */
  active = $state<string | null>(null);
  /** How far the list was scrolled. */
  top = 0;
  /** Whoever went to a message comes back to the list as it was. */
  keeps = false;
  readonly search: Search;

  constructor(
    api: Api,
    readonly room: string | null,
  ) {
    this.search = searchIn(api, room, PAGE);
  }

  /** What is asked. */
  get query(): string {
    return format({ chips: this.chips, text: this.words });
  }

  /** The text without an operator that is not finished: what it wants is still being typed. */
  get words(): string {
    const { before, word } = lastWord(this.text);
    return begun(word) === null ? this.text : before;
  }

  get isBlank(): boolean {
    return this.chips.length === 0 && this.text.trim() === '';
  }

  /** So much text fits beside the chips. */
  get left(): number {
    return LONGEST - format({ chips: this.chips, text: '' }).length - 1;
  }

  /** The text is this now; operators that are finished turn into chips. */
  write(text: string): void {
    const { chips, text: rest } = typed(text);
    this.change([...chips].reduce(withChip, this.chips), rest);
  }

  /** Whoever presses Enter has finished the last word too. */
  finish(): void {
    if (this.words !== this.text) this.write(`${this.text} `);
  }

  read(query: string): void {
    const { chips, text } = parse(query);
    // Within a room there is no other.
    this.change(this.room === null ? chips : chips.filter(({ kind }) => kind !== 'in'), text);
  }

  add(chip: Chip, text = this.text): void {
    this.change(withChip(this.chips, chip), text);
  }

  remove(chip: Chip): void {
    this.change(
      this.chips.filter((other) => other !== chip),
      this.text,
    );
  }

  private change(chips: readonly Chip[], text: string): void {
    this.chips = chips;
    this.text = text;
    this.active = null;
    this.top = 0;
  }
}

interface Finders {
  everywhere: Finder;
  /** Of the room that was searched last. */
  inRoom: Finder | null;
}

/** For as long as somebody is signed in. */
const finders = new WeakMap<Chat, Finders>();

export function finderOf({ api }: App, chat: Chat, room: string | null): Finder {
  let own = finders.get(chat);
  if (!own) finders.set(chat, (own = { everywhere: new Finder(api, null), inRoom: null }));
  if (room === null) return own.everywhere;
  if (own.inRoom?.room !== room) own.inRoom = new Finder(api, room);
  return own.inRoom;
}
