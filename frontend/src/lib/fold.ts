/**
 * A text as the server compares it (the crate `adda-fold`): without case, width and accents. Browsers have no
 * full case folding; through capitals to small letters comes to the same, but for a letter of Turkish and for
 * Cherokee, which are folded alike here all the same.
 */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}
