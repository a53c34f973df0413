import { expect, it } from 'vitest';

import { revealed, thinned } from './signs';

const length = (text: string) => [...text].length;

it('leaves every mark that a language needs', () => {
  for (const text of [
    'ক্ষ্ম্য',
    'ত্‍',
    'Việt Nam',
    'བྷྲཱུྃ',
    'שָׁלוֹם',
    'می‌خواهم',
    '👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ❤️'.normalize(),
  ]) {
    expect(thinned(text)).toBe(text);
    expect(revealed(text)).toBe(text);
  }
});

it('draws a few of the marks that are piled up on a letter, and is as long as before', () => {
  const text = `a${'\u0301'.repeat(7_000)}b\u0301`;
  expect(thinned(text).match(/\p{M}/gu)).toHaveLength(9);
  expect(length(thinned(text))).toBe(length(text));
  expect(thinned(`a${'\u0301\u200d'.repeat(4_000)}`).match(/\p{M}/gu)).toHaveLength(4);
  expect(revealed(text).match(/\ufffd/g)).toHaveLength(6_992);
});

it('shows what is not seen where a text is to be seen as it was written', () => {
  expect(revealed('a\u202eb\u200bc\u2066d\u200de\u3164\u{e0041}')).toBe('a�b�c�d�e��');
  expect(revealed('one\n\ttwo')).toBe('one\n\ttwo');
});
