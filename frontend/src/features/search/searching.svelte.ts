// Whether the search stands beside what is open, and what of it is shown in a room: what does it all is loaded
// when it is wanted.
import type { Component } from 'svelte';

import type { TextMatch } from '../../api/types';
import type { Message } from '../../api/types';
import { searchPath } from '../../router.svelte';
import type { App } from '../context';

/** Matches, and what draws a text with them. */
export interface Marks {
  Text: Component<{ text: string; start: number; matches: readonly TextMatch[] }>;
  matches: readonly TextMatch[];
}

/** Goes through the hits in a room. */
export interface Walk {
  readonly room: string;
  /** Where one is, and the ways on. */
  readonly Bar: Component;
  /** In the text of a message, or in the name of what it carries. */
  marksIn(message: Message, media?: string): Marks | undefined;
}

export const searching = $state<{
  isOpen: boolean;
  /** Where is searched; everywhere where there is none. */
  room: string | null;
  /** Grows each time that somebody wants to search. */
  times: number;
  walk: Walk | null;
}>({ isOpen: false, room: null, times: 0, walk: null });

/** Opens the search: of a room, or of everything. On a phone it is a view of its own. */
export function openSearch({ router }: App, room: string | null): void {
  if (matchMedia('(width < 45rem)').matches) router.go(searchPath(room));
  else Object.assign(searching, { isOpen: true, room, times: searching.times + 1 });
}
