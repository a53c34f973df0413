// What is written, as the server will see it: pure.

import { wellFormed } from '../../lib/wellformed';

/** The longest message, in Unicode scalar values. */
export const MOST_CHARACTERS = 8_000;
/** So much the field takes, in units of UTF-16: browsers take seconds to lay out a field of very many lines. */
export const MOST_TAKEN = 2 * MOST_CHARACTERS;
/** Within so many of the most, the person is told how many are left. */
export const NEARLY = 200;

/** The text as it is sent: trimmed, of whole characters, and without the control characters that the server
 *  refuses. */
export function cleaned(text: string): string {
  return wellFormed(text)
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

/** How many characters are left; negative when there are too many. */
export function left(text: string): number {
  // A scalar value is one or two units: most texts need not be walked.
  if (text.length <= MOST_CHARACTERS - NEARLY) return MOST_CHARACTERS - text.length;
  return MOST_CHARACTERS - [...cleaned(text)].length;
}

/** A text with a piece in the place of what was selected, and where the caret stands then. */
export function inserted(
  text: string,
  start: number,
  end: number,
  piece: string,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + piece + text.slice(end), caret: start + piece.length };
}

/** Whether words are nothing but the names of files, which some systems copy beside the files themselves. */
export function areNamesOf(files: readonly Pick<File, 'name'>[], words: string): boolean {
  const names = new Set(files.map(({ name }) => name.normalize()));
  const isName = (line: string) => line === '' || names.has(line.normalize());
  return words !== '' && words.split(/[\r\n]+/).every(isName);
}
