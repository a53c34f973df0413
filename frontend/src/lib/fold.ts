/**
 * A text as the server compares it (the crate `adda-fold`; `cases.json` there holds both to the same): without case,
 * width and accents. Browsers have no full case folding. Small letters of the capitals of small letters come to the
 * same, but for the dotless letter of Turkish, which is one of its own, and for Cherokee, which folds to capitals.
 */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^ı]+/g, (part) => part.toLowerCase().toUpperCase().toLowerCase())
    .replace(/[\uab70-\uabbf\u13f8-\u13fd]/g, (letter) => letter.toUpperCase())
    .replaceAll('ς', 'σ')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}
