import { expect, test, vi } from 'vitest';

import { uuid } from './uuid';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a UUID is never the same, and greater than those of the milliseconds before', () => {
  vi.useFakeTimers();
  const made = Array.from({ length: 100 }, () => {
    vi.advanceTimersByTime(1);
    return uuid();
  });
  expect(made.every((id) => UUID.test(id))).toBe(true);
  expect([...made].sort()).toEqual(made);
  vi.useRealTimers();
  expect(new Set(Array.from({ length: 100 }, uuid)).size).toBe(100);
});
