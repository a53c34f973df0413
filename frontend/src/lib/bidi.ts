// Texts of strangers among the app's own: what is written from right to left turns what stands beside it, and
// signs that nobody sees turn anything.

/** What begins or ends a direction by force: overrides, embeddings and isolates. */
const FORCED = /[\u202a-\u202e\u2066-\u2069]/g;

/** A letter from right to left, or the mark that counts as one. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The text with the directions that its letters have. */
export function unforced(text: string): string {
  return text.replace(FORCED, '');
}

/** The same, with a mark in the place of each: for what must be seen as it is, character by character. */
export function exposed(text: string): string {
  return text.replace(FORCED, '\ufffd');
}

/** A text of many lines without what turns its letters around: no language needs it, and nothing else moves. */
export function straightened(text: string): string {
  return text.replace(/[\u202d\u202e]/g, '\u200b');
}

/** The text as a part of a sentence, in which it turns nothing else. */
export function isolated(text: string): string {
  const own = unforced(text);
  return RIGHT_TO_LEFT.test(own) ? `\u2068${own}\u2069` : own;
}

/** Sentences that isolate each text that they are given. */
export function isolating<T>(sentences: T): T {
  if (typeof sentences === 'function') {
    return ((...given: unknown[]): unknown => sentences(...given.map(each))) as T;
  }
  if (typeof sentences !== 'object' || sentences === null) return sentences;
  const entries = Object.entries(sentences).map(([key, value]) => [key, isolating(value)]);
  return Object.fromEntries(entries) as T;
}

function each(given: unknown): unknown {
  if (typeof given === 'string') return isolated(given);
  return Array.isArray(given) ? given.map(each) : given;
}
