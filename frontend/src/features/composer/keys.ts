// What the keys mean to whoever writes: pure.

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Where a finger writes, Enter breaks the line, and the button sends: there is no Shift at hand. */
export const TOUCH = '(hover: none) and (pointer: coarse)';

/** Whether Enter sends, where a finger writes or a keyboard; with Ctrl or ⌘ it always does. */
export function sends(event: Keys, isTouch: boolean): boolean {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  return key === 'Enter' && (ctrlKey || metaKey || !(isTouch || shiftKey || altKey));
}

/** Whether a key was pressed without one that is held. */
export function isAlone({ ctrlKey, metaKey, altKey, shiftKey }: Keys): boolean {
  return !(ctrlKey || metaKey || altKey || shiftKey);
}

/** Which way a page is turned. */
export function pageOf(event: Keys): 1 | -1 | null {
  const by = ({ PageDown: 1, PageUp: -1 } as const)[event.key];
  return by !== undefined && isAlone(event) ? by : null;
}
