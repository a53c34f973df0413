// A text cut at its matches: pure. Offsets count Unicode scalar values, not the halves of a string.
import type { TextMatch } from '../../api/types';
import { graphemes } from '../../lib/graphemes';

export interface Segment {
  text: string;
  isMatch: boolean;
}

/**
 * The text in parts that match and parts that do not. What a reader takes for one character is never cut: a
 * vowel sign stays with its letter, and a family of emoji together. `start` is where the text is in the one
 * that was searched.
 */
export function segments(text: string, matches: readonly TextMatch[], start = 0): Segment[] {
  if (matches.length === 0) return [{ text, isMatch: false }];
  const cut: Segment[] = [];
  let at = start;
  for (const sign of graphemes(text)) {
    const end = at + [...sign].length;
    const isMatch = matches.some((match) => match.start < end && match.end > at);
    const last = cut.at(-1);
    if (last?.isMatch === isMatch) last.text += sign;
    else cut.push({ text: sign, isMatch });
    at = end;
  }
  return cut;
}

/** So much stands before the first match, at most … */
const BEFORE = 48;
/** … and so much is shown at all. */
const MOST = 280;

/** What belongs to the character before it. */
const JOINS = /^[\p{M}\u200d\u{1F3FB}-\u{1F3FF}]/u;

/** The text around the first match. */
export function excerpt(text: string, matches: readonly TextMatch[]): Segment[] {
  const characters = [...text];
  const from = beginning(characters, matches[0]?.start ?? 0);
  let to = Math.min(characters.length, from + MOST);
  while (to < characters.length && JOINS.test(characters[to] ?? '')) to += 1;
  const part = segments(characters.slice(from, to).join(''), matches, from);
  if (from > 0) part.unshift({ text: '…', isMatch: false });
  if (to < characters.length) part.push({ text: '…', isMatch: false });
  return part;
}

/** Where the excerpt begins: at the text's own beginning, else with a word. */
function beginning(characters: readonly string[], match: number): number {
  if (match <= BEFORE) return 0;
  const first = match - BEFORE;
  for (let at = first; at < match; at += 1) {
    if (/\s/.test(characters[at - 1] ?? '')) return at;
  }
  let at = first;
  while (at < match && JOINS.test(characters[at] ?? '')) at += 1;
  return at;
}
