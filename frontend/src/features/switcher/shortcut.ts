// The keys that open the switcher: ⌘K where there is that key, Ctrl+K elsewhere.

type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

export function isShortcut(event: Keys, apple: boolean): boolean {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  const isHeld = apple ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  // With Bengali on the keyboard there is no letter K: then its place counts.
  const isLatin = /^[a-z]$/i.test(key);
  return isHeld && !altKey && !shiftKey && (isLatin ? key.toLowerCase() === 'k' : code === 'KeyK');
}
