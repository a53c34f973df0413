// The keys that work wherever the focus is: pure. Arrows are the same on every keyboard; of a sign it counts what the
// keyboard writes, and its place only where that is another script.

type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Which room of the list is wanted: the one above -1 or below 1, of all or of those with something unread. */
export interface Step {
  by: 1 | -1;
  isUnread: boolean;
}

/** Alt and an arrow; with Shift among what is unread. */
export function stepOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): Step | null {
  if (!altKey || ctrlKey || metaKey) return null;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null;
  return { by: key === 'ArrowDown' ? 1 : -1, isUnread: shiftKey };
}

/** A question mark, as several scripts write it. */
export function asks({ key, ctrlKey, metaKey, altKey }: Keys): boolean {
  return !ctrlKey && !metaKey && !altKey && /^[?؟？]$/.test(key);
}

/** Ctrl or ⌘ with a stroke, which also works where one writes; the stroke may need Shift. */
export function asksAnywhere(
  { key, code, ctrlKey, metaKey, altKey }: Keys,
  apple: boolean,
): boolean {
  const isHeld = apple ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  const isOther = code === 'Slash' && /^\P{ASCII}+$/u.test(key);
  return isHeld && !altKey && (key === '/' || key === '?' || isOther);
}

/**
 * Whether a key writes something. What AltGr writes comes with Ctrl and Alt on some systems; a dead key, and what an
 * input method takes, write in a moment. A blank presses buttons and scrolls.
 */
export function writes(
  event: Omit<Keys, 'code'> & Pick<KeyboardEvent, 'getModifierState'>,
): boolean {
  const isHeld = event.ctrlKey || event.metaKey || event.altKey;
  if (isHeld && !event.getModifierState('AltGraph')) return false;
  if (event.key === 'Dead' || event.key === 'Process') return true;
  return [...event.key].length === 1 && event.key.trim() !== '';
}
