import { expect, test } from 'vitest';

import { isShortcut } from './shortcut';

const keys = (more: Partial<KeyboardEvent>) => ({
  key: 'k',
  code: 'KeyK',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test('the switcher opens with ⌘K on a Mac and with Ctrl+K elsewhere', () => {
  expect(isShortcut(keys({ metaKey: true }), true)).toBe(true);
  expect(isShortcut(keys({ ctrlKey: true }), true)).toBe(false);
  expect(isShortcut(keys({ ctrlKey: true }), false)).toBe(true);
  expect(isShortcut(keys({ metaKey: true }), false)).toBe(false);
  expect(isShortcut(keys({}), false)).toBe(false);
  expect(isShortcut(keys({ ctrlKey: true, shiftKey: true }), false)).toBe(false);
});

test('another letter is another key', () => {
  expect(isShortcut(keys({ ctrlKey: true }), false, 'f')).toBe(false);
  expect(isShortcut(keys({ ctrlKey: true, key: 'f', code: 'KeyF' }), false, 'f')).toBe(true);
  expect(isShortcut(keys({ ctrlKey: true, key: 'F3', code: 'F3' }), false, 'f')).toBe(false);
});

test('it opens whatever the keyboard writes', () => {
  expect(isShortcut(keys({ ctrlKey: true, key: 'ক' }), false)).toBe(true);
  expect(isShortcut(keys({ ctrlKey: true, key: 'K' }), false)).toBe(true);
  // Elsewhere on the keyboard, as with Dvorak.
  expect(isShortcut(keys({ ctrlKey: true, key: 'k', code: 'KeyV' }), false)).toBe(true);
  expect(isShortcut(keys({ ctrlKey: true, key: 't' }), false)).toBe(false);
});
