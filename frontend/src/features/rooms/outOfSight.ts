// Which entries of a list that scrolls are above and below what is seen of it.

export interface OutOfSight {
  above: string[];
  below: string[];
}

export const NOTHING: OutOfSight = { above: [], below: [] };

/** The names, in `data-unread`, of what stands outside; what is half seen counts as seen. */
export function outOfSight(list: HTMLElement): OutOfSight {
  const { top, bottom } = list.getBoundingClientRect();
  // Headings stay at the upper edge, and cover what is below them.
  const padding = Number.parseFloat(getComputedStyle(list).scrollPaddingTop) || 0;
  const found: OutOfSight = { above: [], below: [] };
  for (const entry of list.querySelectorAll<HTMLElement>('[data-unread]')) {
    const box = entry.getBoundingClientRect();
    const middle = (box.top + box.bottom) / 2;
    if (middle < top + padding) found.above.push(entry.dataset['unread'] ?? '');
    else if (middle > bottom) found.below.push(entry.dataset['unread'] ?? '');
  }
  return found;
}
