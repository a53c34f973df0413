// Where something is kept at once: a page that is going has no time for a database. What is stored
// there is taken from the shelf.

/** A store that answers at once, as `localStorage` does. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Keeps it, where there is space. */
export function shelve(shelf: Shelf, place: string, text: string): void {
  try {
    shelf.setItem(place, text);
  } catch {
    // There is none: then a page that goes just now loses it.
  }
}

/** The places that begin so. */
export function places(shelf: Shelf, beginning: string): string[] {
  const all = Array.from({ length: shelf.length }, (_, at) => shelf.key(at));
  return all.filter((place): place is string => place?.startsWith(beginning) ?? false);
}
