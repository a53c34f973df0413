import { describe, expect, it } from 'vitest';

import { pageOf, sends } from './keys';

const keys = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('Enter', () => {
  it('sends where there is a keyboard, and with Shift breaks the line', () => {
    expect(sends(keys('Enter'), false)).toBe(true);
    expect(sends(keys('Enter', { shiftKey: true }), false)).toBe(false);
    expect(sends(keys('a'), false)).toBe(false);
  });

  it('breaks the line where a finger writes', () => {
    expect(sends(keys('Enter'), true)).toBe(false);
  });

  it('always sends with Ctrl or ⌘', () => {
    for (const isTouch of [true, false]) {
      expect(sends(keys('Enter', { ctrlKey: true }), isTouch)).toBe(true);
      expect(sends(keys('Enter', { metaKey: true }), isTouch)).toBe(true);
    }
  });
});

it('a page is turned by its keys alone', () => {
  expect(pageOf(keys('PageUp'))).toBe(-1);
  expect(pageOf(keys('PageDown'))).toBe(1);
  expect(pageOf(keys('PageDown', { shiftKey: true }))).toBeNull();
  expect(pageOf(keys('ArrowDown'))).toBeNull();
});
