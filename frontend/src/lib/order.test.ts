import { expect, test } from 'vitest';

import { byName } from './order';

test('names stand in the order of the language, and numbers by what they are', () => {
  const names = ['Room 10', 'zoe', 'Émile', 'Room 9', 'Anna', 'emil'];
  expect(names.sort(byName('en'))).toEqual(['Anna', 'emil', 'Émile', 'Room 9', 'Room 10', 'zoe']);
  expect(['ঢাকা', 'কলকাতা', 'আসাম'].sort(byName('bn'))).toEqual(['আসাম', 'কলকাতা', 'ঢাকা']);
});
