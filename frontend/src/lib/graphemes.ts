// A text in what a reader takes for characters. Browsers that cannot cut it so (Firefox before 125)
// get nearly the same: a letter with its marks, an emoji with what is joined to it, a flag.
const ROUGHLY =
  /\p{Regional_Indicator}{2}|\P{M}(?:[\p{M}\u{1F3FB}-\u{1F3FF}]|\u200D\P{M})*|\p{M}+/gsu;

const segmenter = ((): Intl.Segmenter | null => {
  try {
    return new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  } catch {
    return null;
  }
})();

export function graphemes(text: string): string[] {
  if (segmenter === null) return roughly(text);
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Without the browser's help. */
export function roughly(text: string): string[] {
  return text.match(ROUGHLY) ?? [];
}

/** The first character, as a sign for the whole: a name's initial. */
export function initial(text: string): string | undefined {
  // Longer than any character that is one; and marks that are piled up stay on their letter.
  return graphemes(text.trim().slice(0, 64))[0]?.replace(/(\p{M}{3})\p{M}+/u, '$1');
}
