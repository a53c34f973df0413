// Loads what could not be loaded as soon as it is worth trying, without anybody having to ask.
import { untrack } from 'svelte';

import type { Retry } from '../store/retry.svelte';

/** For as long as the component stands. What fails once more says so to `retry` by itself. */
export function retryWhile(retry: Retry, hasFailed: () => boolean, load: () => unknown): void {
  let seen = untrack(() => retry.times);
  $effect(() => {
    const { times } = retry;
    if (times === seen) return;
    seen = times;
    untrack(() => {
      if (hasFailed()) void load();
    });
  });
}
