import { expect, test } from 'vitest';

import { hueOf } from './hue';

test('the hue of a name is the same everywhere and always', () => {
  expect(['general', 'tea', 'design', 'ঘর', ''].map(hueOf)).toEqual([1, 5, 5, 1, 1]);
});

test('rooms of all kinds share the hues about evenly', () => {
  const names = Array.from({ length: 600 }, (_, at) => `room-${at}`);
  const counts = new Array<number>(6).fill(0);
  for (const name of names) counts[hueOf(name)] = (counts[hueOf(name)] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(60);
});
