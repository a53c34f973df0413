// Who hears a key that is pressed somewhere: what has the focus, or, where that has no use for it, the whole view.

import { isAnythingOpen } from '../../ui/overlays';

/** What has keys of its own. */
const TAKES_KEYS =
  'input, textarea, select, [contenteditable], dialog, [popover], [role="menu"], [role="listbox"], [role="grid"]';

/** Whether nothing stands above everything else: no dialog, and nothing that a button has opened. */
export function isNothingAbove(): boolean {
  return !isAnythingOpen();
}

/** Whether what has the focus has nothing to do with letters. */
export function isFree(target: EventTarget | null): boolean {
  const isTaken = target instanceof Element && target.closest(TAKES_KEYS) !== null;
  return !isTaken && isNothingAbove();
}
