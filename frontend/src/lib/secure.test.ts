import { afterEach, describe, expect, test, vi } from 'vitest';

import { alone, held, hold, uuid } from './secure';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('at an address without TLS', () => {
  test('a UUID is one all the same, and never the same', () => {
    const real = crypto;
    vi.stubGlobal('crypto', {
      getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes),
    });
    const made = Array.from({ length: 100 }, uuid);
    expect(made.every((id) => UUID.test(id))).toBe(true);
    expect(new Set(made).size).toBe(100);
  });

  test('each tab is alone', async () => {
    vi.stubGlobal('navigator', {});
    await hold('a tab');
    expect(await held()).toEqual([]);
    expect(await alone('a job', () => Promise.resolve(7))).toBe(7);
  });
});

test('where there is TLS, the browser makes the UUID', () => {
  expect(uuid()).toMatch(UUID);
});
