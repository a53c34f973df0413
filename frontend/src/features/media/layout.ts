// How the pictures of a message stand together: in rows, each as wide as the whole and as high as its pictures
// are at their own ratios. One rule for one and for ten: known before anything is loaded, so nothing moves.

/** What is known of a picture before it is there. */
export interface Size {
  width: number;
  height: number;
}

/** A picture in its row. */
export interface Tile {
  /** Which one it is. */
  at: number;
  /** How wide it is shown, by its height. */
  ratio: number;
}

/** How many stand in each row, by how many there are. */
const ROWS: readonly (readonly number[])[] = [
  [],
  [1],
  [2],
  [1, 2],
  [2, 2],
  [2, 3],
  [3, 3],
  [2, 2, 3],
  [2, 3, 3],
  [3, 3, 3],
  [2, 2, 3, 3],
];

/** What stands alone is shown whole, unless it is a thread or a strip; in company it is cut to what fits. */
const ALONE = { least: 0.5, most: 3 };
const TOGETHER = { least: 0.7, most: 1.6 };
/** A row of one among others is wide, so that it is not higher than the rest together. */
const LEADING = { least: 1.5, most: 2.4 };

/** The rows, from the top. */
export function albumOf(sizes: readonly Size[]): Tile[][] {
  // More than the server lets through are shown all the same.
  const counts = ROWS[sizes.length] ?? sizes.map(() => 1);
  let next = 0;
  return counts.map((count) => {
    const bounds = sizes.length === 1 ? ALONE : count === 1 ? LEADING : TOGETHER;
    const row = sizes.slice(next, next + count);
    const from = next;
    next += count;
    return row.map((size, index) => ({ at: from + index, ratio: ratioWithin(size, bounds) }));
  });
}

function ratioWithin({ width, height }: Size, { least, most }: typeof ALONE): number {
  const ratio = width > 0 && height > 0 ? width / height : 1;
  return Math.min(most, Math.max(least, ratio));
}

/** So wide is an album, and so high is a picture that stands alone at most, in the root's font sizes. */
export const WIDTH_REM = 22;
const MOST_HEIGHT_REM = 24;
/** A picture of a few pixels is not blown up, and still large enough to be touched. */
const LEAST_REM = 6;

/** How wide the whole is, where there is space for it. */
export function widthOf(sizes: readonly Size[], pixelsPerRem = 16): number {
  const [only] = sizes;
  if (sizes.length !== 1 || !only) return WIDTH_REM;
  const ratio = ratioWithin(only, ALONE);
  const own = Math.max(LEAST_REM, only.width / pixelsPerRem);
  return Math.min(WIDTH_REM, MOST_HEIGHT_REM * ratio, own);
}

/** What fills the largest place, on a screen with twice the pixels, in pixels. */
const ENOUGH = 704;

/** How large a picture is drawn that fills its place: a canvas as large as the picture may be more than a browser has. */
export function drawnSize({ width, height }: Size): Size {
  const scale = Math.min(1, ENOUGH / Math.min(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
