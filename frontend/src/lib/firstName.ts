// How people are called where there is little space.

/** Scripts in which the family's name stands first, if there is a blank at all. */
const FAMILY_FIRST = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** What is no name without the word after it: a title or an initial, “servant of”, “father of”. */
const INCOMPLETE = /\.$|^.$|^(?:abd|abdul|abu|bin|ibn|umm|عبد|أبو|ابو|أم|ام|ابن|بن)$/iu;

/** The first name of a whole one; the whole where it cannot be told apart. */
export function firstName(name: string): string {
  const words = name.trim().split(/\s+/u);
  // Flowers and hearts before a name are none of it.
  const at = words.findIndex((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[at];
  if (first === undefined || FAMILY_FIRST.test(first)) return name.trim();
  const next = words[at + 1];
  return INCOMPLETE.test(first) && next !== undefined ? `${first} ${next}` : first;
}
