// Who is writing, as it is shown: pure.

/** So many are named; the others are counted. */
export const MOST_NAMES = 3;

/** Those who are named, and how many more there are. */
export function named(
  typists: readonly number[],
  nameOf: (id: number) => string,
): { names: string[]; others: number } {
  const names = typists.slice(0, MOST_NAMES).map(nameOf);
  return { names, others: typists.length - names.length };
}
