/** So many hues tiles have: `--tile-0` to `--tile-5`. */
const HUES = 6;

/** The hue of something that has a name and no number: the same one everywhere and always (FNV-1a). */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const sign of name) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % HUES;
}
