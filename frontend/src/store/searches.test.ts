import { expect, test } from 'vitest';

import { MemoryStorage } from '../testing/world';
import { Searches } from './searches';

test('the latest searches are kept, each once', () => {
  const searches = new Searches(new MemoryStorage(), 1);
  for (const query of ['tea', 'লেবু চা', 'tea', '']) searches.remember(query);
  expect(searches.all).toEqual(['tea', 'লেবু চা']);
  for (let count = 0; count < 20; count += 1) searches.remember(`cup ${count}`);
  expect(searches.all).toHaveLength(8);
  expect(searches.all[0]).toBe('cup 19');
});

test('they are one person’s, and forgotten when they ask for it', () => {
  const local = new MemoryStorage();
  const [mira, ravi] = [new Searches(local, 1), new Searches(local, 2)];
  mira.remember('tea');
  expect(ravi.all).toEqual([]);
  ravi.remember('cake');
  mira.forget();
  expect([mira.all, ravi.all]).toEqual([[], ['cake']]);
});

test('what was damaged is nothing', () => {
  const local = new MemoryStorage();
  for (const kept of ['{', '{}', '[1, "tea"]']) {
    local.setItem('adda.searches.1', kept);
    expect(new Searches(local, 1).all).toEqual(kept.startsWith('[') ? ['tea'] : []);
  }
});
