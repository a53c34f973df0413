// The order in which people of a language look for names: as its dictionaries have it, and room 9 before room 10.
const collators = new Map<string, Intl.Collator>();

export function byName(locale: string): (one: string, other: string) => number {
  let collator = collators.get(locale);
  if (!collator) {
    collator = new Intl.Collator(locale, { numeric: true });
    collators.set(locale, collator);
  }
  return collator.compare;
}
