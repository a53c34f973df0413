import { describe, expect, it } from 'vitest';

import { folded } from './fold';

describe('what is the same', () => {
  it.each([
    ['José', 'JOSE'],
    ['jose\u0301', 'jos\u00e9'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['ＡＤＤＡ １２', 'adda 12'],
    ['ﬁnal', 'FINAL'],
    ['\u09df', '\u09af\u09bc'],
    ['ｶﾞ', 'ガ'],
  ])('%s is %s', (one, other) => {
    expect(folded(one)).toBe(folded(other));
  });

  it('is not a letter with and without its vowel sign', () => {
    expect(folded('কা')).not.toBe(folded('ক'));
  });

  it.each(['আড্ডা', 'कितना', 'ที่นี่', '你好', '👩🏽‍🚀'])('%s is itself', (text) => {
    expect(folded(text)).toBe(text);
  });
});
