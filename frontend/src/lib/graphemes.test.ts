import { describe, expect, it } from 'vitest';

import { graphemes, initial, roughly } from './graphemes';

const TEXTS: [string, string[]][] = [
  ['', []],
  ['Zoë', ['Z', 'o', 'ë']],
  ['e\u0301a', ['e\u0301', 'a']],
  ['মিরা', ['মি', 'রা']],
  ['👩‍👩‍👧 👍🏽', ['👩‍👩‍👧', ' ', '👍🏽']],
  ['🇧🇩🇮🇳', ['🇧🇩', '🇮🇳']],
  ['❤️!', ['❤️', '!']],
  ['a\nb', ['a', '\n', 'b']],
];

describe('a text', () => {
  it.each(TEXTS)('%j is cut into characters', (text, characters) => {
    expect(graphemes(text)).toEqual(characters);
  });

  it.each(TEXTS)('%j is cut alike where the browser cannot', (text, characters) => {
    expect(roughly(text)).toEqual(characters);
  });

  it('has an initial, if it has anything', () => {
    expect([initial('  মিরা '), initial('👩‍👩‍👧 x'), initial('  ')]).toEqual(['মি', '👩‍👩‍👧', undefined]);
  });
});
