// Loads what could not be loaded as soon as it is worth trying, without anybody having to ask.
import { untrack } from 'svelte';

import type { Again } from '../store/again.svelte';

/** For as long as the component stands. What fails once more says so to `again` by itself. */
export function whenBack(again: Again, hasFailed: () => boolean, load: () => unknown): void {
  let seen = untrack(() => again.times);
  $effect(() => {
    const { times } = again;
    if (times === seen) return;
    seen = times;
    untrack(() => {
      if (hasFailed()) void load();
    });
  });
}
