import { expect, it } from 'vitest';

import { backoff } from './backoff';

it('doubles from half a second to half a minute', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => backoff(attempt, () => 1));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

it('lies anywhere between nothing and its ceiling, so that a crowd is spread', () => {
  expect(backoff(3, () => 0)).toBe(0);
  expect(backoff(3, () => 0.25)).toBe(1_000);
});
