import { afterEach, describe, expect, test, vi } from 'vitest';

import { heldLocks, holdLock, PATIENCE_MS, withLock } from './locks';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('at an address without TLS', () => {
  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', {});
    await holdLock('a tab');
    expect(await heldLocks()).toEqual([]);
    expect(await withLock('a job', () => Promise.resolve(7))).toBe(7);
  });
});

describe('where the browser has locks and gives none', () => {
  const refused = () => Promise.reject(new Error('Access is denied.'));
  const frozen = () => new Promise(() => {});

  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', { locks: { request: refused, query: refused } });
    await holdLock('a tab');
    expect(await heldLocks()).toEqual([]);
    expect(await withLock('a job', () => Promise.resolve(7))).toBe(7);
  });

  test('a tab that froze with a lock keeps nobody waiting for ever', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('navigator', { locks: { request: frozen } });
    const both = Promise.all([holdLock('a tab'), withLock('a job', () => Promise.resolve(7))]);
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
    const job = withLock('a job', run);
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
    await expect(withLock('a job', run)).rejects.toThrow('No network.');
    expect(run).toHaveBeenCalledTimes(1);
  });
});
