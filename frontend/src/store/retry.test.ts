import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Retry } from './retry.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What fails each time, and asks for another attempt. */
function failing(): { retry: Retry; attempts: () => number } {
  const retry = new Retry();
  let attempts = 0;
  retry.listen(() => {
    attempts += 1;
    retry.failed();
  });
  return { retry, attempts: () => attempts };
}

it('tries again soon, and ever more seldom', () => {
  const { retry, attempts } = failing();
  retry.failed();
  retry.failed();
  vi.advanceTimersByTime(1_000);
  expect(attempts()).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(attempts()).toBeLessThan(9);
  const before = attempts();
  vi.advanceTimersByTime(60_000);
  expect(attempts() - before).toBeGreaterThanOrEqual(2);
  expect(attempts() - before).toBeLessThanOrEqual(4);
});

it('tries at once when the connection is back, and begins anew', () => {
  const { retry, attempts } = failing();
  retry.failed();
  vi.advanceTimersByTime(120_000);
  const before = attempts();
  retry.now();
  expect(attempts()).toBe(before + 1);
  vi.advanceTimersByTime(1_000);
  expect(attempts()).toBe(before + 2);
});

it('tries nothing while nothing fails', () => {
  const retry = new Retry();
  const run = vi.fn();
  const stop = retry.listen(run);
  vi.advanceTimersByTime(600_000);
  expect(run).not.toHaveBeenCalled();
  retry.now();
  stop();
  retry.now();
  expect(run).toHaveBeenCalledTimes(1);
  expect(retry.times).toBe(2);
});
