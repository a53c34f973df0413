import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { folded } from './fold';

type Pair = [one: string, other: string];

const file = new URL('../../../server/crates/fold/cases.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Record<'folds' | 'different', Pair[]>;

describe('a text folds', () => {
  it.each(cases.folds)('%s to %s, as on the server', (text, expected) => {
    expect(folded(text)).toBe(expected);
    expect(folded(expected)).toBe(expected);
  });
});

it.each(cases.different)('%s is not %s', (one, other) => {
  expect(folded(one)).not.toBe(folded(other));
});
