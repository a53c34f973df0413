import { describe, expect, it } from 'vitest';

import { chipOf, format, lastWord, parse, typed, withChip, type Chip } from './query';

const chip = (kind: Chip['kind'], value: string): Chip => ({ kind, value });

describe('a word is an operator', () => {
  it.each([
    ['from:mira', chip('from', 'mira')],
    ['from:@Mira', chip('from', 'mira')],
    ['from:মিরা', chip('from', 'মিরা')],
    ['From:me', chip('from', 'me')],
    ['in:general', chip('in', 'general')],
    ['in:private_1_2', chip('in', 'private_1_2')],
    ['has:IMAGE', chip('has', 'image')],
    ['before:2026-02-28', chip('before', '2026-02-28')],
    ['after:2024-02-29', chip('after', '2024-02-29')],
    ['mentions:me', chip('mentions', 'me')],
  ])('%s', (word, expected) => {
    expect(chipOf(word)).toEqual(expected);
  });

  it.each([
    'from:',
    'from',
    ':mira',
    'has:tea',
    'before:2026-02-29',
    'before:tomorrow',
    'mentions:you',
    'https://example.org',
    'toString:me',
    'চা:me',
  ])('and %s is none', (word) => {
    expect(chipOf(word)).toBeNull();
  });
});

describe('what is typed', () => {
  it('turns into a chip with the blank after it', () => {
    expect(typed('from:mira')).toEqual({ chips: [], text: 'from:mira' });
    expect(typed('from:mira ')).toEqual({ chips: [chip('from', 'mira')], text: '' });
    expect(typed('lemon from:mira tea')).toEqual({
      chips: [chip('from', 'mira')],
      text: 'lemon tea',
    });
  });

  it('stays text within quotes, and where it is no operator', () => {
    const texts = [
      '"from:mira " tea',
      '“from:mira ',
      'from:"mira has:link " ',
      'has:tea ',
      'from: a',
    ];
    for (const text of texts) {
      expect(typed(text)).toEqual({ chips: [], text });
    }
  });

  it('keeps its blanks while it is written', () => {
    expect(typed('lemon  tea ').text).toBe('lemon  tea ');
  });
});

describe('a query', () => {
  it('is the operators and the words, and is read back', () => {
    const queries = [
      'from:mira has:image লেবু চা',
      'in:general before:2026-01-02 "tea at five"',
      'mentions:me',
      'plain words',
      '',
    ];
    for (const query of queries) expect(format(parse(query))).toBe(query);
    expect(format(parse('tea from:mira'))).toBe('from:mira tea');
  });

  it('has one span of days, but may have several senders, rooms and things', () => {
    const all = [
      'from:mira',
      'from:rahul',
      'has:image',
      'has:link',
      'has:image',
      'in:a',
      'in:b',
      'before:2026-01-01',
      'before:2026-02-01',
    ];
    const chips = all.reduce<readonly Chip[]>((chips, word) => {
      const next = chipOf(word);
      return next ? withChip(chips, next) : chips;
    }, []);
    expect(format({ chips, text: '' })).toBe(
      'from:mira from:rahul has:link has:image in:a in:b before:2026-02-01',
    );
  });
});

describe('the word that is being typed', () => {
  it.each([
    ['lemon te', 'lemon ', 'te'],
    ['from:mi', '', 'from:mi'],
    ['lemon ', 'lemon ', ''],
    ['', '', ''],
    ['say "lemon te', 'say "lemon te', ''],
  ])('of “%s”', (text, before, word) => {
    expect(lastWord(text)).toEqual({ before, word });
  });
});
