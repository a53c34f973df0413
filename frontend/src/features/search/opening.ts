// Opens a hit: its message with what surrounds it, and the way to the other hits in its room.
import { roomPath } from '../../router.svelte';
import type { SearchHit } from '../../api/types';
import type { App } from '../context';
import { searchIn, type Finder } from './finder.svelte';
import HitBar from './HitBar.svelte';
import Marked from './Marked.svelte';
import { format } from './query';
import { searching } from './searching.svelte';
import { HitWalk } from './walk.svelte';

/** Whether this hit is the one that is shown. */
export function isShown({ message }: SearchHit): boolean {
  const { walk } = searching;
  return walk instanceof HitWalk && walk.room === message.room && walk.seq === message.seq;
}

export function openHit(app: App, finder: Finder, hit: SearchHit, takesFocus: boolean): void {
  const { name } = hit.room;
  const { route } = app.router;
  const isThere = searching.walk?.room === name && route.view === 'room' && route.room === name;
  const show = (seq: number, replace = true) => app.router.go(roomPath(name, seq), { replace });
  const search = finder.room === name ? finder.search : searchIn(app.api, name);
  const walk = new HitWalk(search, hit, { Bar: HitBar, Text: Marked, show }, takesFocus);
  searching.walk = walk;
  finder.keeps = takesFocus;
  show(hit.message.seq, isThere);
  const chips = finder.chips.filter(({ kind }) => kind !== 'in');
  if (search !== finder.search) {
    void search.start(format({ chips, text: finder.words })).then(() => walk.reach());
  }
}
