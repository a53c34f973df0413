import { expect, it } from 'vitest';

import { isSeen, lookOf } from './look';

it.each([
  '',
  ' ',
  '\u200b',
  '\u3164\u115f\uffa0',
  '\u2800',
  '\u{e0041}',
  '\u0301\u0301',
  '\ufe0f',
  '\u202e ',
])('nothing is seen of %j', (name) => expect(isSeen(name)).toBe(false));

it.each(['a', 'মা', '茶', '👩‍👧', '-', '٣'])('something is seen of %j', (name) =>
  expect(isSeen(name)).toBe(true),
);

it.each([
  ['Mira Sen', 'mira  sen'],
  ['Mira Sen', 'МiraSen\u200b'],
  ['José', 'Jose\u0301'],
  ['Ｍｉｒａ', 'Mira'],
  ['Adda', '\u202eАddа'],
])('%s looks like %s', (one, other) => expect(lookOf(one)).toBe(lookOf(other)));

it.each([
  ['Mira', 'Meera'],
  ['মীরা', 'মিরা'],
])('%s looks not like %s', (one, other) => expect(lookOf(one)).not.toBe(lookOf(other)));
