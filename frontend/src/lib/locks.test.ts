import { afterEach, describe, expect, test, vi } from 'vitest';

import { heldLocks, holdLock, PATIENCE_MS, takeLock, withLock } from './locks';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('at an address without TLS', () => {
  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', {});
    await holdLock('a tab');
    expect(await heldLocks()).toEqual([]);
    expect(await withLock('a job', () => Promise.resolve(7))).toBe(7);
    const release = await takeLock('a thing', new AbortController().signal);
    release?.();
    expect(release).not.toBeNull();
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

describe('a thing that is one tab’s at a time', () => {
  /** What the browser is asked for; it grants nothing by itself. */
  let grant: () => Promise<void>;
  const request = (_: string, { signal }: LockOptions, run: () => Promise<void>) =>
    new Promise((resolve, reject) => {
      grant = () => {
        const running = run();
        resolve(running);
        return running;
      };
      signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    });

  test('is held until it is let go', async () => {
    vi.stubGlobal('navigator', { locks: { request } });
    const taking = takeLock('a thing', new AbortController().signal);
    await Promise.resolve();
    const held = grant();
    const release = await taking;
    const ended = vi.fn();
    void held.then(ended);
    await Promise.resolve();
    expect(ended).not.toHaveBeenCalled();
    release?.();
    await held;
    expect(ended).toHaveBeenCalled();
  });

  test('is no longer waited for by who gave it up', async () => {
    vi.stubGlobal('navigator', { locks: { request } });
    const giveUp = new AbortController();
    const taking = takeLock('a thing', giveUp.signal);
    await Promise.resolve();
    giveUp.abort();
    expect(await taking).toBeNull();
  });
});
