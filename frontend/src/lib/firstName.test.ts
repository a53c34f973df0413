import { expect, test } from 'vitest';

import { firstName } from './firstName';

test.each([
  ['Mira Sen', 'Mira'],
  ['Mira', 'Mira'],
  ['  Rahul   Dev Roy ', 'Rahul'],
  ['মিরা সেন', 'মিরা'],
  ['Anne-Marie Léger', 'Anne-Marie'],
  ['Dr. Anna Berg', 'Dr. Anna'],
  ['J. Smith', 'J. Smith'],
  ['Md. Karim', 'Md. Karim'],
  ['عبد الله حسن', 'عبد الله'],
  ['ליאור כהן', 'ליאור'],
  ['山田 太郎', '山田 太郎'],
  ['김민수', '김민수'],
  ['🌸 Tuli Das', 'Tuli'],
  ['🌸', '🌸'],
  ['X', 'X'],
  ['', ''],
])('%s is called %s', (name, called) => {
  expect(firstName(name)).toBe(called);
});
