// What the server refuses is said in each language: its codes and fields are those of its specification.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { bn } from './bn';
import { en } from './en';

interface Schema {
  type?: string;
  enum?: string[];
  format?: string;
  properties?: Record<string, Schema>;
}

const { schemas } = (
  JSON.parse(readFileSync('../openapi/openapi.json', 'utf8')) as {
    components: { schemas: Record<string, Schema> };
  }
).components;

const codes = schemas['Code']?.enum ?? [];
/** What the app itself puts into a request, and nobody writes. */
const MACHINES = ['client_id', 'device_token', 'refresh_token', 'media'];
/** What a person writes of what is asked for. */
const fields = [
  ...new Set(
    Object.entries(schemas)
      .filter(([name]) => name.endsWith('Request'))
      .flatMap(([, { properties = {} }]) => Object.entries(properties))
      .filter(([name, { type }]) => type === 'string' && !MACHINES.includes(name))
      .map(([name]) => name),
  ),
];

it('the specification names codes and fields', () => {
  expect(codes).toContain('name_taken');
  expect(fields).toEqual(
    expect.arrayContaining(['username', 'display_name', 'password', 'title', 'emoji', 'text']),
  );
});

describe('in Bengali', () => {
  it.each(codes)('%s has a sentence', (code) => {
    expect(Object.keys(bn.problems.codes)).toContain(code);
  });

  it.each(fields)('%s has a sentence of its own', (field) => {
    const { problems } = bn;
    expect(problems.field(field, 'must be otherwise')).not.toBe(problems.field('', ''));
  });

  it.each([
    'is too easy to guess',
    'must have something in it that can be seen',
    'must not pile',
    "is Adda's own; choose another",
  ])('what %j means is said of whatever it is', (detail) => {
    const { problems } = bn;
    expect(problems.field('title', detail)).toBe(problems.field('display_name', detail));
    expect(problems.field('title', detail)).not.toBe(problems.field('title', ''));
    expect(problems.field('title', detail)).not.toMatch(/[a-z]/i);
  });
});

describe('in English', () => {
  // Its codes are said by the server, in English.
  it.each(fields)('%s has a name', (field) => {
    expect(en.problems.field(field, 'must be otherwise')).not.toMatch(/^This must/);
  });
});
