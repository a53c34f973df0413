import { expect, test } from 'vitest';

import { bn } from '../../i18n/keys/bn';
import { en } from '../../i18n/keys/en';
import { table } from './table';

const keys = (apple: boolean) =>
  new Map(
    table(en, apple).flatMap(({ rows }) =>
      rows.map(({ what, chords }) => [what, chords.map((chord) => chord.join(' ')).join(', ')]),
    ),
  );

test('keys are named as they are printed', () => {
  expect(keys(false).get(en.everywhere.unreadBelow)).toBe('Alt Shift ↓');
  expect(keys(true).get(en.everywhere.unreadBelow)).toBe('⌥ ⇧ ↓');
  expect(keys(false).get(en.everywhere.sheet)).toBe('?, Ctrl /');
  expect(keys(true).get(en.everywhere.sheet)).toBe('?, ⌘ /');
  expect(keys(true).get(en.writing.up)).toBe('fn ↑');
});

test.each([en, bn])('every sentence of the sheet stands in it, once', (words) => {
  const { places, ...parts } = words;
  const shown = table(words, false);
  expect(shown.map(({ title }) => title).sort()).toEqual(Object.values(places).sort());
  const sentences = Object.values(parts).flatMap((part) =>
    typeof part === 'string' ? [] : Object.values(part),
  );
  const rows = shown.flatMap(({ rows }) => rows.map(({ what }) => what));
  expect([...rows].sort()).toEqual([...sentences].sort());
  for (const { rows } of shown)
    expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
});
