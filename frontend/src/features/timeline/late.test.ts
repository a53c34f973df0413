import { expect, it } from 'vitest';

import { LATE_MS, Progress } from './late';

it('a message is late some seconds after it was written, also where that was long ago', () => {
  expect(new Progress(1_000).left(0, 1_500)).toBe(LATE_MS - 500);
  expect(new Progress(1_000).left(0, 1_000 + LATE_MS)).toBe(0);
  expect(new Progress(9e9).left(0, 1_000)).toBe(LATE_MS);
});

it('an upload that comes on is not late, and one that stands still is, also where it begins anew', () => {
  const progress = new Progress(0);
  expect(progress.left(0.1, 60_000)).toBe(LATE_MS);
  expect(progress.left(0.2, 62_000)).toBe(LATE_MS);
  expect(progress.left(0.2, 64_000)).toBe(LATE_MS - 2_000);
  expect(progress.left(0, 66_000)).toBe(LATE_MS - 4_000);
  expect(progress.left(0.1, 67_000)).toBe(0);
});
