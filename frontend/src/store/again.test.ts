import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Again } from './again.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What fails each time, and asks for another attempt. */
function failing(): { again: Again; attempts: () => number } {
  const again = new Again();
  let attempts = 0;
  again.listen(() => {
    attempts += 1;
    again.failed();
  });
  return { again, attempts: () => attempts };
}

it('tries again soon, and ever more seldom', () => {
  const { again, attempts } = failing();
  again.failed();
  again.failed();
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
  const { again, attempts } = failing();
  again.failed();
  vi.advanceTimersByTime(120_000);
  const before = attempts();
  again.now();
  expect(attempts()).toBe(before + 1);
  vi.advanceTimersByTime(1_000);
  expect(attempts()).toBe(before + 2);
});

it('tries nothing while nothing fails', () => {
  const again = new Again();
  const run = vi.fn();
  const stop = again.listen(run);
  vi.advanceTimersByTime(600_000);
  expect(run).not.toHaveBeenCalled();
  again.now();
  stop();
  again.now();
  expect(run).toHaveBeenCalledTimes(1);
  expect(again.times).toBe(2);
});
