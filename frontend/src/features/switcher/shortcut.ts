// The keys that open the switcher and the search: ⌘ with a letter where there is that key, Ctrl elsewhere.

type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

export function isShortcut(event: Keys, apple: boolean, letter = 'k'): boolean {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  const isHeld = apple ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  // With Bengali on the keyboard there is no such letter: then its place counts.
  const isLatin = /^[a-z]$/i.test(key);
  const pressed = isLatin ? key : code.slice(3);
  return isHeld && !altKey && !shiftKey && pressed.toLowerCase() === letter;
}
