// Goes through the hits in one room, from message to message.
import type { Component } from 'svelte';

import type { SearchHit } from '../../api/types';
import type { Message } from '../../api/types';
import type { Search } from '../../store/search.svelte';
import type { Marks, Walk } from './searching.svelte';

interface Parts {
  Bar: Component;
  Text: Marks['Text'];
  /** Shows a message of the room, by its number. */
  show: (seq: number) => void;
}

export class HitWalk implements Walk {
  readonly room: string;
  readonly Bar: Component;
  /** The message that is shown. */
  seq = $state(0);
  isBusy = $state(false);
  private readonly byId: ReadonlyMap<string, SearchHit> = $derived.by(() => {
    const hits = [this.first, ...this.search.hits];
    return new Map(hits.map((hit) => [hit.message.id, hit]));
  });
  readonly at = $derived.by(() =>
    this.search.hits.findIndex(({ message }) => message.seq === this.seq),
  );

  constructor(
    /** The hits of this room. */
    readonly search: Search,
    private readonly first: SearchHit,
    private readonly parts: Parts,
    /** Whether the bar is where the keys go on. */
    readonly takesFocus: boolean,
  ) {
    this.room = first.room.name;
    this.Bar = parts.Bar;
    this.seq = first.message.seq;
  }

  /** Whether there may be a next one, which is older, or one before. */
  get hasNext(): boolean {
    return this.search.hasMore || this.older >= 0;
  }

  get hasPrevious(): boolean {
    return this.newer >= 0;
  }

  /** Loads as many hits as there are down to the message: then its place among them is known. */
  async reach(): Promise<void> {
    const { search } = this;
    while (search.hasMore && search.problem === null) {
      const last = search.hits.at(-1);
      if (last !== undefined && last.message.seq <= this.seq) return;
      await search.more();
    }
  }

  goTo(hit: SearchHit): void {
    this.seq = hit.message.seq;
    this.parts.show(this.seq);
  }

  async next(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    const { search } = this;
    // A page may have nothing in it and yet not be the last.
    while (this.older < 0 && search.hasMore) {
      await search.more();
      if (search.problem !== null) break;
    }
    this.isBusy = false;
    this.goToIndex(this.older);
  }

  previous(): void {
    this.goToIndex(this.newer);
  }

  marksIn(message: Message, media?: string): Marks | undefined {
    const hit = this.byId.get(message.id);
    const { Text } = this.parts;
    if (!hit) return undefined;
    if (media !== undefined) {
      const matches = hit.file_matches.filter((match) => match.media_id === media);
      return matches.length > 0 ? { Text, matches } : undefined;
    }
    // What was edited since stands elsewhere in it.
    if (hit.matches.length === 0 || hit.message.text !== message.text) return undefined;
    return { Text, matches: hit.matches };
  }

  private get older(): number {
    return this.search.hits.findIndex(({ message }) => message.seq < this.seq);
  }

  private get newer(): number {
    return this.search.hits.findLastIndex(({ message }) => message.seq > this.seq);
  }

  private goToIndex(index: number): void {
    const hit = this.search.hits[index];
    if (hit) this.goTo(hit);
  }
}
