// Lists that come page by page.

/**
 * A list with its next page. What moved while they were asked for – somebody was renamed, a room grew –
 * is on both: it stands once, as it is now.
 */
export function joined<T>(
  before: readonly T[],
  page: readonly T[],
  idOf: (item: T) => string | number,
): T[] {
  const all = new Map(before.map((item) => [idOf(item), item]));
  for (const item of page) all.set(idOf(item), item);
  return [...all.values()];
}
