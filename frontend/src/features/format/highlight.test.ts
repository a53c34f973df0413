import { expect, it } from 'vitest';

import { isColoured, languageOf } from './colours';
import { tokensOf } from './highlight';

it('tells the parts of a code from each other', () => {
  const kinds = Object.fromEntries(
    tokensOf('rs', 'fn main() { let x = "tea"; } // 7').map(({ text, kind }) => [text, kind]),
  );
  expect(kinds).toMatchObject({
    fn: 'word',
    main: 'name',
    '"tea"': 'string',
    '// 7': 'remark',
  });
});

it.each(['js', 'python', 'C++', 'html', 'sql', 'yaml', 'diff', 'php', 'bash', 'c#'])(
  'leaves out nothing of what is written in %s, whatever it is',
  (name) => {
    const text = '<a href="x">&amp;</a>\n\t{ "a": [1, null] } /* চা 👍🏽 */\n# $x -- `y`\n+ z';
    expect(languageOf(name)).toBeDefined();
    expect(
      tokensOf(name, text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
  },
);

it('leaves alone what it does not know, and what is very long', () => {
  expect(isColoured('', 'x')).toBe(false);
  expect(isColoured('klingon', 'x')).toBe(false);
  expect(isColoured('__proto__', 'x')).toBe(false);
  expect(isColoured('js', 'x'.repeat(7_000))).toBe(false);
  expect(isColoured('JS', 'x')).toBe(true);
});

it('makes no more than so many parts of a code', () => {
  const text = '1,'.repeat(2_900);
  const tokens = tokensOf('js', text);
  expect(tokens.length).toBeLessThan(1_100);
  expect(tokens.map((token) => token.text).join('')).toBe(text);
});
