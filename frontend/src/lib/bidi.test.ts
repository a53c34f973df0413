import { describe, expect, it } from 'vitest';

import { exposed, isolated, isolating, straightened } from './bidi';

const HEBREW = 'שלום';

describe('a text as a part of a sentence', () => {
  it('is isolated where it is written from right to left', () => {
    expect(isolated(HEBREW)).toBe(`\u2068${HEBREW}\u2069`);
    expect(isolated('مرحبا')).toBe('\u2068مرحبا\u2069');
  });

  it('and the same text where it is not', () => {
    for (const text of ['Mira Sen', 'মীরা সেন', '日本', '👩‍👧', ''])
      expect(isolated(text)).toBe(text);
  });

  it('forces no direction on what follows, nor on itself', () => {
    expect(isolated('\u202earim')).toBe('arim');
    expect(isolated(`\u2069${HEBREW}\u2067`)).toBe(`\u2068${HEBREW}\u2069`);
  });
});

it('every sentence isolates what it is given, also the names in a list', () => {
  const words = isolating({
    title: 'People',
    deep: {
      writeTo: (name: string) => `Write to ${name}`,
      typing: (names: string[], more: number) => `${names.join(', ')} and ${more}`,
    },
  });
  expect(words.title).toBe('People');
  expect(words.deep.writeTo(HEBREW)).toBe(`Write to \u2068${HEBREW}\u2069`);
  expect(words.deep.typing(['Mira', HEBREW], 2)).toBe(`Mira, \u2068${HEBREW}\u2069 and 2`);
});

it('a text is not turned around, and is as long as before', () => {
  expect(straightened('\u202earim \u202dx')).toBe('\u200barim \u200bx');
});

it('what must be seen as it is shows what would turn it', () => {
  expect(exposed('a\u202eb\u2069')).toBe('a\ufffdb\ufffd');
});
