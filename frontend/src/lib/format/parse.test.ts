import { describe, expect, it } from 'vitest';

import { parse, type Block, type Found, type Leaf } from './parse';

/** A tree in one line, as a person can read it. */
function shown(blocks: readonly Block[]): string {
  return blocks.map(shownBlock).join('¶');
}

function shownBlock(block: Block): string {
  if (block.kind === 'lines') return leaves(block.leaves);
  if (block.kind === 'quote') return `<q>${shown(block.blocks)}</q>`;
  if (block.kind === 'code') return `<pre ${block.language}>${block.text}</pre>`;
  const items = block.items.map(
    (item) => `${item.marker} ${leaves(item.leaves)}${shown(item.lists)}`,
  );
  return `<list>${items.join('|')}</list>`;
}

function leaves(all: readonly Leaf[]): string {
  return all
    .map((leaf) => {
      let { text } = leaf;
      if (leaf.isCode) text = `<c>${text}</c>`;
      if (leaf.url !== undefined) text = `<a>${text}</a>`;
      if (leaf.isMention) text = `<m>${text}</m>`;
      if (leaf.struck) text = `<s>${text}</s>`;
      if (leaf.italic) text = `<i>${text}</i>`;
      if (leaf.bold) text = `<b>${text}</b>`;
      return text;
    })
    .join('');
}

/** Where a part is in a text, as the server says it. */
function place(text: string, part: string): { start: number; end: number } {
  const start = [...text.slice(0, text.indexOf(part))].length;
  return { start, end: start + [...part].length };
}

const link = (text: string, url: string): Found => ({ ...place(text, url), url });
const mention = (text: string, handle: string): Found => ({
  ...place(text, handle),
  isMention: true,
  userId: 7,
});

describe('words are stressed as people do it in chats', () => {
  it.each([
    ['*bold*', '<b>bold</b>'],
    ['**bold**', '<b>bold</b>'],
    ['_italic_', '<i>italic</i>'],
    ['~gone~ and ~~gone~~', '<s>gone</s> and <s>gone</s>'],
    ['***both***', '<b><i>both</i></b>'],
    ['*_both_*', '<b><i>both</i></b>'],
    ['_*both*_', '<b><i>both</i></b>'],
    ['a *b _c_ d* e', 'a <b>b </b><b><i>c</i></b><b> d</b> e'],
    ['*a **b** c* d', '<b>a b c</b> d'.replace('a b c', 'a </b><b>b</b><b> c')],
    ['Say *it*, "_loud_" (~or not~)!', 'Say <b>it</b>, "<i>loud</i>" (<s>or not</s>)!'],
    ['*two words* and *two more*', '<b>two words</b> and <b>two more</b>'],
    ['*চা* এবং _বিস্কুট_।', '<b>চা</b> এবং <i>বিস্কুট</i>।'],
    ['*চা*-টা', '<b>চা</b>-টা'],
    ['これは*重要*です', 'これは<b>重要</b>です'],
    ['注意：**明天**开会', '注意：<b>明天</b>开会'],
    ['오늘은 *중요*합니다', '오늘은 <b>중요</b>합니다'],
    ['هذا *مهم* جدا', 'هذا <b>مهم</b> جدا'],
    ['*مهم*، نعم', '<b>مهم</b>، نعم'],
    ['🎉*yes*🎉', '🎉<b>yes</b>🎉'],
    ['*👍🏽*', '<b>👍🏽</b>'],
    ['*`code`*', '<b><c>code</c></b>'],
    ['¿_qué_?', '¿<i>qué</i>?'],
    ['„*so*“', '„<b>so</b>“'],
  ])('%s', (text, wanted) => expect(shown(parse(text))).toBe(wanted));
});

describe('what is no mark is the text that it was', () => {
  it.each([
    'snake_case_names and more_of_them',
    '2*3*4 = 24',
    '2 * 3 * 4',
    'a*b*c',
    '2**3**4',
    '~/path and ~/other',
    '*not closed',
    'not opened*',
    'a * not closed',
    ':-* and :*',
    '__init__ and __all__',
    '____',
    '***',
    'a * * b',
    '**',
    '^_^ hello ^_^',
    '-_- or -_-',
    '>_< >_<',
    '(*_*) *_*',
    '¯\\_(ツ)_/¯',
    'o_o O_O',
    '*.rs and *.ts',
    '*.rs,*.ts',
    'def f(*args, **kwargs)',
    'int *p, *q; char **argv',
    '/* comment */',
    '~5 to ~6',
    '/usr/_x_/bin',
    '*one\ntwo*',
    '**a*',
    '*a**',
    '_a*',
    'un*frigging*believable',
    'C:\\_temp_\\x',
    '_foo and _bar',
    '<b>no</b> &amp; <script>',
    '# no heading',
    '[text](https://example.org)',
    '| no | table |',
  ])('%s', (text) => expect(shown(parse(text))).toBe(text));
});

describe('links and mentions are what the server found', () => {
  it('with marks around them, and never within', () => {
    const url = 'https://example.org/a_b_c*d*';
    const text = `*see* ${url} _or_ *@mira*`;
    expect(shown(parse(text, [link(text, url), mention(text, '@mira')]))).toBe(
      `<b>see</b> <a>${url}</a> <i>or</i> <b><m>@mira</m></b>`,
    );
  });

  it('wherever emoji stand before them', () => {
    const text = '👍🏽👨‍👩‍👧 *@mira* https://example.org 🎉';
    const found = [mention(text, '@mira'), link(text, 'https://example.org')];
    expect(shown(parse(text, found))).toBe(
      '👍🏽👨‍👩‍👧 <b><m>@mira</m></b> <a>https://example.org</a> 🎉',
    );
  });

  it('but for what stands in code', () => {
    const text = '`@mira` and ```\n@mira\n``` @mira';
    const found = [3, 17, 26].map((start) => ({ start, end: start + 3, url: 'https://x' }));
    expect(shown(parse(text, found.slice(0, 2)))).toBe('<c>@mira</c> and ¶<pre >@mira</pre>¶@mira');
  });

  it('and one that begins within another is a part of it', () => {
    const text = 'https://example.org/@mira';
    expect(shown(parse(text, [link(text, text), mention(text, '@mira')]))).toBe(`<a>${text}</a>`);
  });

  it('and whoever means everybody means nobody in particular', () => {
    const [lines] = parse('@room tea', [{ start: 0, end: 5, isMention: true }]);
    expect(lines?.kind === 'lines' && lines.leaves[0]).toMatchObject({
      text: '@room',
      isMention: true,
      userId: undefined,
    });
  });
});

describe('code', () => {
  it.each([
    ['run `cargo test` now', 'run <c>cargo test</c> now'],
    ['`*not bold*` *bold*', '<c>*not bold*</c> <b>bold</b>'],
    ['*a `b* c`', '*a <c>b* c</c>'],
    ['`` ` ``', '<c>`</c>'],
    ['` a `', '<c> a </c>'],
    ['```one line```', '<c>one line</c>'],
    ['```\nlet x = 1;\n```', '<pre >let x = 1;</pre>'],
    ['```rust\nfn main() {}\n```', '<pre rust>fn main() {}</pre>'],
    ['```c++\nx\n```', '<pre c++>x</pre>'],
    ['```two words\nx\n```', '<pre >two words\nx</pre>'],
    ['see:\n```js\n  a\n\nb\n```\nthen `c`', 'see:¶<pre js>  a\n\nb</pre>¶then <c>c</c>'],
    ['see ```\na\n``` there', 'see ¶<pre >a</pre>¶there'],
    ['```\n> no quote\n- no list\n```', '<pre >> no quote\n- no list</pre>'],
    ['> ```\n> a\n>   b\n> ```\n> and', '<q><pre >a\n  b</pre>¶and</q>'],
    ['```\na', '```\na'],
    // Nothing is no code.
    ['```\n```', '```\n```'],
    ['```js\n \u{3164}\n```', '```js\n \u{3164}\n```'],
    ['a ` ` b', 'a ` ` b'],
  ])('%j', (text, wanted) => expect(shown(parse(text))).toBe(wanted));
});

describe('quotes', () => {
  it.each([
    ['> so it was\nyes', '<q>so it was</q>¶yes'],
    ['> one\n> two\n\nthree', '<q>one\ntwo</q>¶three'],
    ['> one\n>\n> two', '<q>one\n\ntwo</q>'],
    ['> > inner\n> outer', '<q><q>inner</q>¶outer</q>'],
    ['> *bold* and\n> - a', '<q><b>bold</b> and¶<list>• a</list></q>'],
    ['> > > > four', '<q><q><q>> four</q></q></q>'],
    ['>_< is a face', '>_< is a face'],
    ['>>> print(1)', '>>> print(1)'],
    ['>', '>'],
    ['a > b', 'a > b'],
  ])('%j', (text, wanted) => expect(shown(parse(text))).toBe(wanted));
});

describe('lists', () => {
  it.each([
    ['- tea\n- milk', '<list>• tea|• milk</list>'],
    ['* tea\n* milk', '<list>• tea|• milk</list>'],
    ['1. tea\n2. milk', '<list>1. tea|2. milk</list>'],
    ['1) tea\n3) milk', '<list>1) tea|3) milk</list>'],
    ['buy\n- tea\n- milk\nplease', 'buy¶<list>• tea|• milk</list>¶please'],
    [
      '- tea\n  - green\n  - black\n- milk',
      '<list>• tea<list>• green|• black</list>|• milk</list>',
    ],
    [
      '- tea\n  1. green\n    - deeper',
      '<list>• tea<list>1. green</list>¶<list>• deeper</list></list>',
    ],
    ['- tea\n1. milk', '<list>• tea</list>¶<list>1. milk</list>'],
    ['- tea\n\n- milk', '<list>• tea|• milk</list>'],
    ['- *tea* `x`', '<list>• <b>tea</b> <c>x</c></list>'],
    ['-5 degrees', '-5 degrees'],
    ['-', '-'],
    ['2026. A good year', '2026. A good year'],
    ['1.5 litres', '1.5 litres'],
    ['--- so ---', '--- so ---'],
  ])('%j', (text, wanted) => expect(shown(parse(text))).toBe(wanted));
});

describe('the text', () => {
  it('is one piece where nothing is formatted, however many lines it has', () => {
    expect(parse('one\n\ntwo 👍🏽\nthree')).toEqual([
      {
        kind: 'lines',
        leaves: [
          { text: 'one\n\ntwo 👍🏽\nthree', start: 0, bold: false, italic: false, struck: false },
        ],
      },
    ]);
  });

  it('says of each piece where it is, counted in scalar values', () => {
    const text = '> 👍🏽 *tea*\n> `x`\n- 𝒯 _y_\n```js\n𝒯z\n```';
    const characters = [...text];
    const check = (start: number | null, part: string) => {
      const length = [...part].length;
      expect(characters.slice(start ?? 0, (start ?? 0) + length).join('')).toBe(part);
    };
    const walk = (blocks: readonly Block[]) => {
      for (const block of blocks) {
        if (block.kind === 'lines') block.leaves.forEach((leaf) => check(leaf.start, leaf.text));
        else if (block.kind === 'quote') walk(block.blocks);
        else if (block.kind === 'code') check(block.start, block.text);
        else {
          for (const item of block.items) {
            item.leaves.forEach((leaf) => check(leaf.start, leaf.text));
            walk(item.lists);
          }
        }
      }
    };
    walk(parse(text));
    expect.assertions(7);
  });

  const MOST = 8_000;
  it.each([
    ['*', '*'],
    ['_a ', '_a '],
    ['*a _b ~c ', '*a _b ~c '],
    ['*a _b* c_ ', '*a _b* c_ '],
    ['> ', '> '],
    ['> a\\n', '> a\n'],
    ['>\\n', '>\n'],
    ['- a\\n', '- a\n'],
    ['  - a\\n', '  - a\n'],
    ['`', '`'],
    ['`a``b```c\\n', '`a``b```c\n'],
    ['```\\na\\n```\\n', '```\na\n```\n'],
    ['line breaks', '\n'],
    ['👍\\n', '👍\n'],
    ['あ*', 'あ*'],
    ['"*', '"*'],
    ['blanks', ' '],
    ['`x` ', '`x` '],
  ])('is read in no time where it is nothing but %s', (_, part) => {
    const text = part.repeat(Math.ceil(MOST / part.length)).slice(0, MOST);
    const blocks = parse(text);
    // The quickest of some: the machine may be busy.
    const times = Array.from({ length: 8 }, () => {
      const began = performance.now();
      parse(text);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(100);
    expect(depthOf(blocks)).toBeLessThanOrEqual(6);
  });
});

function depthOf(blocks: readonly Block[]): number {
  const inner = (block: Block): number => {
    if (block.kind === 'quote') return depthOf(block.blocks);
    return block.kind === 'list' ? Math.max(0, ...block.items.map((it) => depthOf(it.lists))) : 0;
  };
  return 1 + Math.max(0, ...blocks.map(inner));
}
