// Which entries of a list that scrolls are above and below what is seen of it.

export interface OutOfSight {
  above: string[];
  below: string[];
}

export const NOTHING: OutOfSight = { above: [], below: [] };

/** The rooms of the unread entries that stand outside; what is half seen counts as seen. */
export function outOfSight(list: HTMLElement): OutOfSight {
  const { top, bottom } = list.getBoundingClientRect();
  const found: OutOfSight = { above: [], below: [] };
  for (const entry of list.querySelectorAll<HTMLElement>('[data-unread]')) {
    const box = entry.getBoundingClientRect();
    const middle = (box.top + box.bottom) / 2;
    if (middle < top) found.above.push(entry.dataset['room'] ?? '');
    else if (middle > bottom) found.below.push(entry.dataset['room'] ?? '');
  }
  return found;
}
