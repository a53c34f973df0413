// Where the bar stands, in pixels from the start of its row: beside the bubble, and where there is no room for it,
// over the bubble's upper edge.

export interface Place {
  top: number;
  left: number;
}

const GAP = 6;
/** In a high bubble it stands where the first line is. */
const LINE = 44;

interface Box {
  top: number;
  left: number;
  right: number;
  height: number;
}

/** Where a bar of a size stands at a bubble, in a row that is as wide as the conversation; one's own are at its end. */
export function beside(
  row: Box,
  bubble: Box,
  bar: { width: number; height: number },
  isAtEnd: boolean,
): Place {
  const room = isAtEnd ? bubble.left - row.left : row.right - bubble.right;
  const isBeside = room >= bar.width + 2 * GAP;
  const start = bubble.top - row.top;
  const middle = (Math.min(bubble.height, LINE) - bar.height) / 2;
  const outside = isAtEnd ? bubble.left - GAP - bar.width : bubble.right + GAP;
  const inside = isAtEnd ? bubble.left + GAP : bubble.right - GAP - bar.width;
  return {
    top: start + (isBeside ? middle : -bar.height / 2 - GAP),
    left: Math.max(0, (isBeside ? outside : inside) - row.left),
  };
}

export function placeOf(row: Element, bar: Element): Place | null {
  const bubble = row.querySelector('.bubble');
  const box = (element: Element) => element.getBoundingClientRect();
  const isOwn = row.querySelector('.own') !== null;
  return bubble && beside(box(row), box(bubble), box(bar), isOwn);
}
