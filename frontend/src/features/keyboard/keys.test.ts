import { describe, expect, it } from 'vitest';

import { asks, asksAnywhere, stepOf, writes } from './keys';

const keys = (key: string, more: Partial<KeyboardEvent> = {}, altGraph = false) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  getModifierState: (name: string) => name === 'AltGraph' && altGraph,
  ...more,
});

describe('Alt and an arrow', () => {
  it('lead to the next room, with Shift to one with something unread', () => {
    expect(stepOf(keys('ArrowDown', { altKey: true }))).toEqual({ by: 1, isUnread: false });
    expect(stepOf(keys('ArrowUp', { altKey: true, shiftKey: true }))).toEqual({
      by: -1,
      isUnread: true,
    });
  });

  it('are nothing with other keys, and no other arrow is', () => {
    expect(stepOf(keys('ArrowDown'))).toBeNull();
    expect(stepOf(keys('ArrowLeft', { altKey: true }))).toBeNull();
    expect(stepOf(keys('ArrowDown', { altKey: true, ctrlKey: true }))).toBeNull();
    expect(stepOf(keys('ArrowDown', { altKey: true, metaKey: true }))).toBeNull();
  });
});

describe('the sheet of keys opens', () => {
  it('with a question mark of any script, alone', () => {
    expect(asks(keys('?', { shiftKey: true }))).toBe(true);
    expect(asks(keys('؟'))).toBe(true);
    expect(asks(keys('/'))).toBe(false);
    expect(asks(keys('?', { ctrlKey: true }))).toBe(false);
  });

  it('with Ctrl and a stroke, on a Mac with ⌘', () => {
    expect(asksAnywhere(keys('/', { ctrlKey: true }), false)).toBe(true);
    expect(asksAnywhere(keys('/', { metaKey: true }), true)).toBe(true);
    expect(asksAnywhere(keys('/', { ctrlKey: true }), true)).toBe(false);
    expect(asksAnywhere(keys('/', { ctrlKey: true, altKey: true }), false)).toBe(false);
  });

  it('whatever the keyboard writes there, unless that is a key of the browser', () => {
    // A Bengali keyboard has a letter there.
    expect(asksAnywhere(keys('য়', { ctrlKey: true, code: 'Slash' }), false)).toBe(true);
    // A German one has a hyphen there, which makes the page smaller, and the stroke above 7.
    expect(asksAnywhere(keys('-', { ctrlKey: true, code: 'Slash' }), false)).toBe(false);
    expect(asksAnywhere(keys('/', { ctrlKey: true, shiftKey: true, code: 'Digit7' }), false)).toBe(
      true,
    );
  });
});

describe('a key writes', () => {
  it.each(['a', 'A', 'ক', '/', '€', '😀', 'Dead', 'Process'])('%s', (key) => {
    expect(writes(keys(key))).toBe(true);
  });

  it.each([' ', '\u3000', 'Enter', 'ArrowUp', 'F5', 'Shift', 'Escape', 'Unidentified'])(
    'not %s',
    (key) => {
      expect(writes(keys(key))).toBe(false);
    },
  );

  it('not with Ctrl, Alt or ⌘, but with AltGr', () => {
    expect(writes(keys('c', { ctrlKey: true }))).toBe(false);
    expect(writes(keys('c', { metaKey: true }))).toBe(false);
    expect(writes(keys('c', { altKey: true }))).toBe(false);
    expect(writes(keys('@', { ctrlKey: true, altKey: true }, true))).toBe(true);
  });
});
