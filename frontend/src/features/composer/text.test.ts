import { describe, expect, it } from 'vitest';

import { areNamesOf, cleaned, inserted, left, MOST_CHARACTERS } from './text';

describe('what is left', () => {
  it('counts scalar values, not the halves of a string', () => {
    expect(left('🎉'.repeat(MOST_CHARACTERS))).toBe(0);
    expect(left('🎉'.repeat(MOST_CHARACTERS + 3))).toBe(-3);
  });

  it('does not count what is trimmed', () => {
    expect(left(`  ${'x'.repeat(MOST_CHARACTERS)}\n\n`)).toBe(0);
  });

  it('is everything at the beginning', () => {
    expect(left('')).toBe(MOST_CHARACTERS);
  });
});

describe('a cleaned text', () => {
  it('is trimmed and keeps its lines', () => {
    expect(cleaned('  one\n\ttwo  \n')).toBe('one\n\ttwo');
  });

  it('has no control characters', () => {
    expect(cleaned('a\u0000b\u0007c\u0085d')).toBe('abcd');
  });

  it('keeps what joins emoji and letters', () => {
    expect(cleaned('👨‍👩‍👧 ক্‍ষ')).toBe('👨‍👩‍👧 ক্‍ষ');
  });
});

describe('a piece', () => {
  it('stands at the caret, which goes on behind it', () => {
    expect(inserted('ab', 1, 1, '🎉')).toEqual({ text: 'a🎉b', caret: 3 });
  });

  it('takes the place of what was selected', () => {
    expect(inserted('abcd', 1, 3, 'x')).toEqual({ text: 'axd', caret: 2 });
  });
});

describe('words that are pasted beside files', () => {
  const files = [{ name: 'caf\u00e9.pdf' }, { name: 'b.png' }];

  it('are the names of the files, or something of their own', () => {
    expect(areNamesOf(files, 'cafe\u0301.pdf\rb.png')).toBe(true);
    expect(areNamesOf(files, 'b.png\n')).toBe(true);
    expect(areNamesOf(files, 'Tea at four')).toBe(false);
    expect(areNamesOf(files, 'b.png is the picture')).toBe(false);
    expect(areNamesOf(files, '')).toBe(false);
  });
});
