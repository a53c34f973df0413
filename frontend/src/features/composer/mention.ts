// That somebody is about to be mentioned, and the text with that person in it: pure.

/** An `@` before the caret, and what was typed after it. */
export interface Begun {
  /** Where the `@` stands. */
  start: number;
  query: string;
}

/** As the server finds mentions; names of any script may be typed to find the handle. */
const BEGUN = /(?:^|[^\w.\-@/+%=:&#])@([\p{L}\p{M}\p{N}_.-]{0,32})$/u;

export function begunAt(text: string, caret: number): Begun | null {
  const query = BEGUN.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, query };
}

/** The text with a handle in the place of what was begun, and where the caret stands then. */
export function mentioned(
  text: string,
  caret: number,
  { start }: Begun,
  username: string,
): { text: string; caret: number } {
  const after = text.slice(caret);
  const piece = `@${username}${/^\s/.test(after) ? '' : ' '}`;
  return { text: text.slice(0, start) + piece + after, caret: start + piece.length };
}
