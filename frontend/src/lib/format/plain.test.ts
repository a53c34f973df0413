import { describe, expect, it } from 'vitest';

import { plain, plainWith } from './plain';

describe('a text in one line', () => {
  it.each([
    ['*so* it _is_ ~not~', 'so it is not'],
    ['`a` and ```\nb\nc\n```', 'a and  b\nc'],
    ['> so it was\nyes', 'so it was yes'],
    ['- tea\n- milk', '• tea • milk'],
    ['1. tea\n2. milk', '1. tea 2. milk'],
    ['snake_case 2*3*4', 'snake_case 2*3*4'],
  ])('%j has no marks', (text, wanted) => expect(plain(text)).toBe(wanted));

  it('names whom it mentions', () => {
    const found = [
      { start: 0, end: 5, isMention: true, userId: 7 },
      { start: 6, end: 11, isMention: true, userId: 8 },
      { start: 12, end: 17, isMention: true },
    ];
    const nameOf = (id: number) => (id === 7 ? 'Mira Sen' : undefined);
    expect(plain('@mira @ravi @room *tea*', found, nameOf)).toBe('@Mira Sen @ravi @room tea');
  });
});

it('shows the host of a link as the one that it is', () => {
  const text = 'see https://аррӏе.com/x';
  const found = [{ start: 4, end: 23, url: 'https://аррӏе.com/x' }];
  expect(plain(text, found)).toBe('see https://xn--80ak6aa92e.com/x');
});

it('still knows what was found in the text as it was written', () => {
  const text = '👍🏽 *lemon tea*\n- `x` tea\n> 𝒯ea';
  const stretches = [...text.matchAll(/[t𝒯]ea|emon t/gu)].map(({ 0: part, index }) => {
    const start = [...text.slice(0, index)].length;
    return { start, end: start + [...part].length };
  });
  const found = plainWith(text, stretches);
  const characters = [...found.text];
  expect(found.text).toBe('👍🏽 lemon tea • x tea 𝒯ea');
  expect(found.stretches.map(({ start, end }) => characters.slice(start, end).join(''))).toEqual([
    'emon t',
    'tea',
    '𝒯ea',
  ]);
});
