import { afterEach, describe, expect, test, vi } from 'vitest';

import { alone, held, hold, PATIENCE_MS, uuid } from './secure';

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

describe('where the browser has locks and gives none', () => {
  const refused = () => Promise.reject(new Error('Access is denied.'));
  const frozen = () => new Promise(() => {});

  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', { locks: { request: refused, query: refused } });
    await hold('a tab');
    expect(await held()).toEqual([]);
    expect(await alone('a job', () => Promise.resolve(7))).toBe(7);
  });

  test('a tab that froze with a lock keeps nobody waiting for ever', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('navigator', { locks: { request: frozen } });
    const both = Promise.all([hold('a tab'), alone('a job', () => Promise.resolve(7))]);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await both).toEqual([undefined, 7]);
    vi.useRealTimers();
  });

  test('a job runs once, also when its turn comes after all', async () => {
    vi.useFakeTimers();
    let comes = () => {};
    const request = async (_: string, run: () => Promise<void>) => {
      await new Promise<void>((resolve) => (comes = resolve));
      await run();
    };
    vi.stubGlobal('navigator', { locks: { request } });
    const run = vi.fn(() => Promise.resolve(7));
    const job = alone('a job', run);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    comes();
    expect(await job).toBe(7);
    await vi.runAllTimersAsync();
    expect(run).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  test('a job that fails says so, and is not run again', async () => {
    const request = (_: string, run: () => Promise<void>) => run();
    vi.stubGlobal('navigator', { locks: { request } });
    const run = vi.fn(() => Promise.reject(new Error('No network.')));
    await expect(alone('a job', run)).rejects.toThrow('No network.');
    expect(run).toHaveBeenCalledTimes(1);
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
