import { describe, expect, it, test } from 'vitest';

import { begunAt, drawn, isCodeAt, mentioned, type Begun } from './begun';

/** The caret stands at the stroke. */
function begun(marked: string): string | null {
  const caret = marked.indexOf('|');
  const found = begunAt(marked.replace('|', ''), caret);
  return found && `${found.sign}${found.query} at ${found.start}${found.isEnded ? ', ended' : ''}`;
}

test.each([
  ['@|', '@ at 0'],
  ['tea, @ra|', '@ra at 5'],
  ['চা @তা|', '@তা at 3'],
  ['চা@ra|', '@ra at 2'],
  ['(@ra|', '@ra at 1'],
  ['"@ra|"', '@ra at 1'],
  ['“@ra|', '@ra at 1'],
  ['cc:@ra|', '@ra at 3'],
  ['tea,@ra|', '@ra at 4'],
  ['—@ra|', '@ra at 1'],
  ['*@ra|', '@ra at 1'],
  ['>@ra|', '@ra at 1'],
  ['@mira/@ra|', '@ra at 6'],
  ['@mira/@tara/@ra|', '@ra at 12'],
  ['চা/@ra|', '@ra at 3'],
  ['🎉@ra|', '@ra at 2'],
  ['line\n@ra|', '@ra at 5'],
  ['@ra| is here', '@ra at 0'],
  ['@ra|hul is here', '@ra at 0'],
  ['mail@ra|', null],
  ['josé@ra|', null],
  ['миша@ra|', null],
  ['user.name@ra|', null],
  ['user+tag@ra|', null],
  ['https://a.example/@ra|', null],
  ['https://@ra|', null],
  ['a.example/@ra|', null],
  ['./src/@ra|', null],
  ['https://user:@ra|', null],
  ['git@host:@ra|', null],
  ['@@ra|', null],
  ['@ra |', null],
  ['|', null],
  ['`@ra|`', null],
  ['`@ra|', null],
  ['```\n@ra|', null],
  ['`a` @ra|', '@ra at 4'],
])('a person in %s', (marked, expected) => {
  expect(begun(marked)).toBe(expected);
});

test.each([
  [':te|', ':te at 0'],
  ['a cup :tea|', ':tea at 6'],
  ['(:tea|', ':tea at 1'],
  ['":tea|', ':tea at 1'],
  ['চা :চা|', ':চা at 3'],
  ['🎉:tea|', ':tea at 2'],
  ['☕️:tea|', ':tea at 2'],
  [':+1|', ':+1 at 0'],
  [':-1|', ':-1 at 0'],
  [':thumbs_up|', ':thumbs_up at 0'],
  [':tea:|', ':tea at 0, ended'],
  [':t|', null],
  [':)|', null],
  [':-)|', null],
  [':D|', null],
  [':DDD|', null],
  [':oo|', null],
  ['10:30|', null],
  ['১০:৩০|', null],
  [' :30|', null],
  ['http:|', null],
  ['http://te|', null],
  ['note:tea|', null],
  ['std::te|', null],
  ['"key":true|', null],
  ['`:tea|', null],
  ['`x :tea|`', null],
  [':tea |', null],
])('an emoji in %s', (marked, expected) => {
  expect(begun(marked)).toBe(expected);
});

describe('the caret is in code', () => {
  const isCode = (marked: string) => isCodeAt(marked.replace('|', ''), marked.indexOf('|'));

  it.each([
    '`a|`',
    '`|a`',
    '``a ` b|``',
    '```\na|\n```',
    '```rust\nlet a|',
    'see ```a|',
    'run `cargo |',
    '````\n```\na|',
  ])('in %s', (marked) => {
    expect(isCode(marked)).toBe(true);
  });

  it.each([
    '|`a`',
    '`a`|',
    '`a` b|',
    '```\na\n```\nb|',
    'it`s here|',
    '5` long|',
    'a ` b|',
    '`a\nb|',
    '``|',
    'no code|',
  ])('not in %s', (marked) => {
    expect(isCode(marked)).toBe(false);
  });

  it('is known at once in the worst of texts', () => {
    const worst = Array.from({ length: 4_000 }, (_, at) => (at % 2 ? '`' : '\n')).join('');
    const before = performance.now();
    isCodeAt(worst, worst.length);
    isCodeAt('` '.repeat(4_000), 8_000);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('what was begun', () => {
  const name = (marked: string, username = 'rahul') => {
    const caret = marked.indexOf('|');
    const text = marked.replace('|', '');
    const found = begunAt(text, caret) as Begun;
    const { text: next, caret: at } = mentioned(text, caret, found, username);
    return `${next.slice(0, at)}|${next.slice(at)}`;
  };

  it('becomes a handle with one blank after it', () => {
    expect(name('ask @ra|')).toBe('ask @rahul |');
    expect(name('@ra| please')).toBe('@rahul |please');
    expect(name('@ra|\nplease')).toBe('@rahul |\nplease');
    expect(name('(@ra|)')).toBe('(@rahul |)');
  });

  it('leaves what follows, unless it is the end of that handle', () => {
    expect(name('@ra|please')).toBe('@rahul |please');
    expect(name('@ra|hul please')).toBe('@rahul |please');
    expect(name('@Ra|HUL, please')).toBe('@rahul |, please');
    expect(name('@ra|hulan')).toBe('@rahul |hulan');
    expect(name('@তা|হুল', 'tara')).toBe('@tara |হুল');
  });

  it('becomes an emoji', () => {
    const found = begunAt('a :tea b', 6) as Begun;
    expect(drawn('a :tea b', 6, found, '🍵')).toEqual({ text: 'a 🍵 b', caret: 4 });
    const ended = begunAt(':tea:', 5) as Begun;
    expect(drawn(':tea:', 5, ended, '🍵')).toEqual({ text: '🍵', caret: 2 });
  });
});
