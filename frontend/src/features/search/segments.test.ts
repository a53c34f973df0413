import { describe, expect, it } from 'vitest';

import { excerpt, segments, type Segment } from './segments';

/** The segments with what matches in brackets. */
const shown = (cut: readonly Segment[]) =>
  cut.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');

/** Where a part is in a text, as the server says it. */
function place(text: string, part: string, nth = 0) {
  let at = -1;
  for (let count = 0; count <= nth; count += 1) at = text.indexOf(part, at + 1);
  const start = [...text.slice(0, at)].length;
  return { start, end: start + [...part].length };
}

describe('a text is cut at its matches', () => {
  it('counted in scalar values, whatever stands before them', () => {
    const text = '👍🏽👨‍👩‍👧 the tea, and 𝒯ea';
    expect(shown(segments(text, [place(text, 'tea'), place(text, '𝒯ea')]))).toBe(
      '👍🏽👨‍👩‍👧 the [tea], and [𝒯ea]',
    );
  });

  it('but never within what a reader takes for one character', () => {
    expect(shown(segments('চিনি', [{ start: 0, end: 1 }]))).toBe('[চি]নি');
    expect(shown(segments('a👨‍👩‍👧b', [{ start: 3, end: 4 }]))).toBe('a[👨‍👩‍👧]b');
    expect(shown(segments('cafe\u0301', [{ start: 3, end: 4 }]))).toBe('caf[e\u0301]');
  });

  it('where they meet or overlap into one', () => {
    const matches = [
      { start: 0, end: 2 },
      { start: 1, end: 3 },
      { start: 3, end: 4 },
    ];
    expect(shown(segments('abcdef', matches))).toBe('[abcd]ef');
  });

  it('also where it is a part of the text that was searched', () => {
    expect(shown(segments('tea', [{ start: 4, end: 6 }], 3))).toBe('t[ea]');
    expect(shown(segments('tea', [{ start: 0, end: 3 }], 3))).toBe('tea');
  });
});

describe('an excerpt', () => {
  const words = (count: number) => 'and so on '.repeat(count);

  it('is the whole where that is short', () => {
    const text = 'Lemon tea at five';
    expect(shown(excerpt(text, [place(text, 'tea')]))).toBe('Lemon [tea] at five');
    expect(shown(excerpt(text, []))).toBe(text);
  });

  it('begins with a word a little before the first match', () => {
    const text = `${words(40)}the lemon tea ${words(60)}`;
    const cut = shown(excerpt(text, [place(text, 'lemon')]));
    expect(cut).toMatch(/^…(and|so|on) /);
    expect(cut).toContain('the [lemon] tea');
    expect(cut.endsWith('…')).toBe(true);
    expect(cut.length).toBeLessThan(300);
  });

  it('begins anywhere but within a character where there are no words', () => {
    const text = `${'নি'.repeat(200)}চা`;
    const cut = shown(excerpt(text, [place(text, 'চা')]));
    expect(cut).toMatch(/^…(নি)+\[চা\]$/u);
    expect(shown(excerpt(`${'茶'.repeat(300)}水`, [{ start: 300, end: 301 }]))).toMatch(
      /^…茶{48}\[水\]$/,
    );
  });

  it('counts emoji before the match as the server does', () => {
    const text = `${'👍🏽 '.repeat(100)}tea`;
    expect(shown(excerpt(text, [place(text, 'tea')]))).toMatch(/^…(👍🏽 )+\[tea\]$/u);
  });
});
