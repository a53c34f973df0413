import { afterEach, describe, expect, test, vi } from 'vitest';

import { alone, held, hold, uuid } from './secure';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('at an address without TLS', () => {
  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', {});
    await hold('a tab');
    expect(await held()).toEqual([]);
    expect(await alone('a job', () => Promise.resolve(7))).toBe(7);
  });
});

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
