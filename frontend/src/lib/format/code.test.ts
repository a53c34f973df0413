import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { codeIn } from './code';
import { placesIn } from './scalars';

interface Case {
  text: string;
  code: [number, number][];
  why: string;
}

/** The server's own table. */
const file = new URL('../../../../server/src/features/messages/code.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

it.each(cases)('finds the code that the server finds: $why', ({ text, code }) => {
  const { scalar } = placesIn(text);
  expect(codeIn(text).map(({ start, end }) => [scalar(start), scalar(end)])).toEqual(code);
});
