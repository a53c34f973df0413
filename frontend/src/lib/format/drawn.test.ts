import { describe, expect, it } from 'vitest';

import { drawn, parse, type Block, type Leaf } from './parse';

const WHOLE = { lines: Infinity, elements: 400 };
const FOLDED = { lines: 32, elements: 400 };
const MOST = 8_000;

/** What the page is made of, nearly: pieces of lines count as elements. */
function elements(blocks: readonly Block[]): number {
  const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
  return sum(
    blocks.map((block) => {
      if (block.kind === 'lines') return 1 + block.leaves.length;
      if (block.kind === 'quote') return 1 + elements(block.blocks);
      if (block.kind === 'code') return 10;
      const items = block.items.map((it) => 3 + it.leaves.length + elements(it.lists));
      return 1 + sum(items);
    }),
  );
}

/** All that is to be read. */
function words(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'lines') return ofLeaves(block.leaves);
      if (block.kind === 'quote') return words(block.blocks);
      if (block.kind === 'code') return block.shown ?? block.text;
      return block.items.map((it) => ofLeaves(it.leaves) + words(it.lists)).join('\n');
    })
    .join('\n');
}

function ofLeaves(leaves: readonly Leaf[]): string {
  return leaves.map(({ text }) => text).join('');
}

const NASTY = [
  '> *a*\n- _b_\n1. ~c~\n```\nd\n```\n',
  '```\na\n```\n',
  '```a``` ',
  '*a* ',
  '> a\n>> b\n> > > c\n',
  '- x\n  - y\n',
  '> ```\n> a\n> ```\n',
  '1. x\n\n\n',
  'a\n',
].map((part) => ({ part, text: part.repeat(MOST / part.length).trim() }));

describe('what is drawn of a text that is nothing but marks', () => {
  it.each(NASTY)('is bounded: $part', ({ text }) => {
    expect(elements(drawn(text, [], FOLDED, false).blocks)).toBeLessThan(520);
    expect(elements(drawn(text, [], WHOLE, false).blocks)).toBeLessThan(520);
  });

  it.each(NASTY)('is all of it once it is unfolded: $part', ({ text }) => {
    const { blocks, isCut } = drawn(text, [], WHOLE, false);
    expect(isCut).toBe(false);
    const letters = (of: string) => of.replace(/[^a-z]/g, '');
    expect(letters(words(blocks))).toBe(letters(text));
  });

  it.each(NASTY.filter(({ text }) => text.includes('\n')))(
    'is its beginning while it is folded: $part',
    ({ text }) => {
      const { blocks, isCut } = drawn(text, [], FOLDED, false);
      expect(isCut).toBe(true);
      expect(words(blocks).split('\n').length).toBeLessThanOrEqual(80);
    },
  );
});

it('is drawn as ever where it is neither long nor made of much', () => {
  const text = 'The *new* kettle:\n> as said\n- milk\n  - brown\n```js\nlet x;\n```\nand _so_ on';
  for (const bounds of [FOLDED, WHOLE]) {
    expect(drawn(text, [], bounds, false)).toEqual({ blocks: parse(text), isCut: false });
  }
});

it('formats a line as a whole or not at all, and what follows as it was written', () => {
  const text = 'one *two*\nthree\n*four* _five_ six\n*seven*';
  const { blocks } = drawn(text, [], { lines: Infinity, elements: 5 }, false);
  expect(words(blocks)).toBe('one two\nthree\n*four* _five_ six\n*seven*');
  expect(blocks.map((block) => block.kind)).toEqual(['lines', 'lines']);
});

it('still has the links and mentions of what it does not format', () => {
  const text = '👍🏽 *a* *b*\n*c* @mira https://a.example end';
  const place = (part: string) => {
    const start = [...text.slice(0, text.indexOf(part))].length;
    return { start, end: start + part.length };
  };
  const found = [
    { ...place('https://a.example'), url: 'https://a.example' },
    { ...place('@mira'), isMention: true, userId: 7 },
  ];
  const { blocks } = drawn(text, found, { lines: Infinity, elements: 5 }, false);
  const [rest] = blocks.slice(-1);
  const leaves = rest?.kind === 'lines' ? rest.leaves : [];
  expect(leaves.map((leaf) => [leaf.text, leaf.url ?? leaf.userId])).toEqual([
    ['*c* ', undefined],
    ['@mira', 7],
    [' ', undefined],
    ['https://a.example', 'https://a.example'],
    [' end', undefined],
  ]);
  for (const leaf of leaves) {
    const characters = [...text].slice(leaf.start, leaf.start + leaf.text.length);
    expect(characters.join('')).toBe(leaf.text);
  }
});

it('shows the first lines of a block of code, and knows all of them', () => {
  const code = Array.from({ length: 100 }, (_, at) => `line ${at}`).join('\n');
  const { blocks, isCut } = drawn('```\n' + code + '\n```', [], FOLDED, false);
  expect(isCut).toBe(true);
  const [block] = blocks;
  expect(block).toMatchObject({ kind: 'code', text: code });
  expect(block?.kind === 'code' && block.shown?.split('\n').length).toBe(31);
});

it('is as it was written where that is wanted', () => {
  const text = '> *a*\n`b`\n'.repeat(100);
  expect(words(drawn(text, [], WHOLE, true).blocks)).toBe(text);
  const folded = drawn(text, [], FOLDED, true);
  expect(folded.isCut).toBe(true);
  expect(words(folded.blocks)).toBe(text.split('\n').slice(0, 32).join('\n'));
});
