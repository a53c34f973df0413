import { expect, test } from 'vitest';

import { slug } from './slug';

test.each([
  ['Tea & Biscuits', 'tea-biscuits'],
  ['  Köln: Straße!  ', 'koln-strasse'],
  ["Mira's room", 'miras-room'],
  ['আড্ডা', 'adda'],
  ['খেলা', 'khela'],
  ['গান ও গল্প ২', 'gan-o-galp-2'],
  ['বাড়ি', 'bari'],
  ['বইয়ের আড্ডা', 'boiyer-adda'],
  ['茶', ''],
  ['_-_', ''],
  ['x'.repeat(80), 'x'.repeat(64)],
])('the title %j suggests the address %j', (title, address) => {
  expect(slug(title)).toBe(address);
});
