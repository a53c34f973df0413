import { expect, it } from 'vitest';

import { readable } from './address';

it.each([
  [
    'Bengali',
    'https://bn.wikipedia.org/wiki/%E0%A6%9A%E0%A6%BE',
    'https://bn.wikipedia.org/wiki/চা',
  ],
  ['Japanese', 'https://x.org/%E8%8C%B6?q=%E8%8C%B6', 'https://x.org/茶?q=茶'],
  ['accents', 'https://x.org/caf%C3%A9', 'https://x.org/café'],
  ['emoji', 'https://x.org/%F0%9F%8D%B5', 'https://x.org/🍵'],
  ['letters of ASCII', 'https://x.org/%41', 'https://x.org/A'],
])('%s are shown as such', (_, address, shown) => expect(readable(address)).toBe(shown));

it.each([
  ['a blank', 'https://x.org/a%20b%C2%A0c%E3%80%80d'],
  ['a slash', 'https://x.org/a%2Fb%2fc'],
  ['a question mark', 'https://x.org/a%3Fb'],
  ['a hash', 'https://x.org/a%23b'],
  ['a per cent sign', 'https://x.org/a%25E0'],
  ['an at sign', 'https://x.org/a%40b'],
  ['a control character', 'https://x.org/a%0Ab%00c'],
  ['an override', 'https://x.org/%E2%80%AEmoc'],
  ['an isolate', 'https://x.org/%E2%81%A9'],
  ['a zero-width blank', 'https://x.org/%E2%80%8Ba%EF%BB%BF'],
  ['a filler', 'https://x.org/%E3%85%A4'],
  ['half a letter', 'https://x.org/%E0%A6 %C3'],
  ['a letter in too many bytes', 'https://x.org/%C0%AF'],
  ['a surrogate', 'https://x.org/%ED%A0%80'],
])('%s stays as it was written', (_, address) => expect(readable(address)).toBe(address));

it('a host that is drawn like another one is shown as the one that it is', () =>
  expect(readable('https://аррӏе.com/%E0%A6%9A')).toBe('https://xn--80ak6aa92e.com/চ'));

it('what would turn an address is seen in it', () =>
  expect(readable('https://x.org/\u202emoc')).toBe('https://x.org/\ufffdmoc'));
