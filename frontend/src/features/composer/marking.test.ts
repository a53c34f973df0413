import { describe, expect, it } from 'vitest';

import { marked } from './marking';

/** What becomes of a text in which `[` and `]` are around what is selected, and `|` is the caret. */
function after(written: string, mark: string): string {
  const isCaret = written.includes('|');
  const start = written.search(/[[|]/);
  const end = isCaret ? start : written.indexOf(']') - 1;
  const text = written.replace(/[[\]|]/g, '');
  const it = marked(text, start, end, mark);
  const next = text.slice(0, it.from) + it.piece + text.slice(it.to);
  return isCaret
    ? `${next.slice(0, it.start)}|${next.slice(it.start)}`
    : `${next.slice(0, it.start)}[${next.slice(it.start, it.end)}]${next.slice(it.end)}`;
}

describe('a mark is put', () => {
  it.each([
    ['a [strong] word', 'a *[strong]* word'],
    ['a[ strong ]word', 'a *[strong]* word'],
    ['[সব কথা]', '*[সব কথা]*'],
    ['a st|rong word', 'a *st|rong* word'],
    ['a | word', 'a *|* word'],
    ['|', '*|*'],
    ['_[strong]_', '_*[strong]*_'],
    ['[one\ntwo]', '*[one*\n*two]*'],
    ['[one\n\ntwo]', '*[one*\n\n*two]*'],
    ['[- tea\n- milk]', '- *[tea*\n- *milk]*'],
    ['[> said\n1. first]', '> *[said*\n1. *first]*'],
    ['[*one*\ntwo]', '**[one**\n*two]*'],
  ])('around %j', (before, then) => expect(after(before, '*')).toBe(then));
});

describe('and taken off again', () => {
  it.each([
    ['a *[strong]* word', 'a [strong] word'],
    ['a [*strong*] word', 'a [strong] word'],
    ['a **[strong]** word', 'a [strong] word'],
    ['a *st|rong* word', 'a st|rong word'],
    ['a *|* word', 'a | word'],
    ['*|*', '|'],
    ['_*[strong]*_', '_[strong]_'],
    ['*_[strong]_*', '_[strong]_'],
    ['[*one*\n*two*]', '[one\ntwo]'],
    ['- *[tea*\n- *milk]*', '- [tea\n- milk]'],
  ])('from %j', (before, then) => expect(after(before, '*')).toBe(then));

  it('each by itself', () => {
    expect(after('*_[both]_*', '_')).toBe('*[both]*');
    expect(after('*[bold]*', '_')).toBe('*_[bold]_*');
  });
});
