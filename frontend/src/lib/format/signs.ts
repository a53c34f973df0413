// Signs that nobody reads: marks piled up on a letter, and what is not seen at all. Pure, linear in the length, and
// what is given back has as many characters as before: places in the text stay what they are.

/** So many marks stand on one letter in no language; browsers take very long to lay out many more. */
const PILED = /([\p{M}\u200c\u200d]{8})([\p{M}\u200c\u200d]+)/gu;

/** What is not seen … */
const HIDDEN =
  '\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\u{e0000}-\\u{e00ff}';
/** … but does what it is for: parts of emoji and flags, and joiners in scripts whose letters they shape. */
const AT_WORK =
  '\\u{1f3f4}[\\u{e0061}-\\u{e007a}]{1,6}\\u{e007f}|' +
  '(?:[\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}]|(?!\\p{Script=Latin})\\p{L})[\\u200c\\u200d]';
const SIGNS = new RegExp(`(${AT_WORK})|[${HIDDEN}]`, 'gu');

function unpiled(text: string, sign: string): string {
  return text.replace(PILED, (_, few: string, more: string) => few + sign.repeat([...more].length));
}

/** The text without the marks that are piled up. */
export function thinned(text: string): string {
  return unpiled(text, '\u200b');
}

/** The text as it was written, with a sign in the place of each that is not seen, or piled up. */
export function revealed(text: string): string {
  return unpiled(
    text.replace(SIGNS, (sign, atWork?: string) => (atWork === undefined ? '\ufffd' : sign)),
    '\ufffd',
  );
}
