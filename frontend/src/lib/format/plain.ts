// A formatted text without its marks, where it is shown in one line or in a few: in lists, in what was found.
import { PLAIN } from './emphasis';
import { honest } from './host';
import { parse, type Block, type Found, type Leaf } from './parse';
import { thinned } from './signs';

/** A stretch of a text, in scalar values. */
export interface Stretch {
  start: number;
  end: number;
}

export interface Plain {
  text: string;
  /** What of it was asked for, in its own places. */
  stretches: Stretch[];
}

/** How somebody is called who is mentioned; where nobody knows, the mention is what was written. */
export type NameOf = (userId: number) => string | undefined;

/** The text without its marks, its mentions by name, its links with the hosts that they have. */
export function plain(text: string, found: readonly Found[] = [], nameOf?: NameOf): string {
  const words = (leaf: Leaf) => {
    if (leaf.url !== undefined) return honest(leaf.text);
    const name = leaf.userId === undefined ? undefined : nameOf?.(leaf.userId);
    return name === undefined ? leaf.text : `@${name}`;
  };
  const all = pieces(parse(text, found))
    .map((piece) => (typeof piece === 'string' ? piece : words(piece)))
    .join('');
  return thinned(all.trim());
}

/** The same with stretches of it, which were found in the text as it was written. */
export function plainWith(text: string, stretches: readonly Stretch[]): Plain {
  const all: Plain = { text: '', stretches: [] };
  let length = 0;
  for (const piece of pieces(parse(text))) {
    if (typeof piece === 'string') {
      // Blanks and the markers of lists, each of characters of one half.
      all.text += piece;
      length += piece.length;
      continue;
    }
    const size = [...piece.text].length;
    for (const { start, end } of stretches) {
      const from = Math.max(0, start - piece.start);
      const to = Math.min(size, end - piece.start);
      if (from < to) all.stretches.push({ start: length + from, end: length + to });
    }
    all.text += piece.text;
    length += size;
  }
  return all;
}

/** What there is to read, in its order; blocks stand apart by a blank. */
function pieces(blocks: readonly Block[]): (Leaf | string)[] {
  return blocks.flatMap((block, at) => [...(at > 0 ? [' '] : []), ...ofBlock(block)]);
}

function ofBlock(block: Block): (Leaf | string)[] {
  switch (block.kind) {
    case 'lines':
      return block.leaves;
    case 'quote':
      return pieces(block.blocks);
    case 'code':
      // Of what is quoted nobody knows where it was.
      return [{ text: block.text, start: block.start ?? Infinity, ...PLAIN }];
    case 'list':
      return block.items.flatMap(({ marker, leaves, lists }, at) => [
        `${at > 0 ? ' ' : ''}${marker} `,
        ...leaves,
        ...(lists.length > 0 ? [' '] : []),
        ...pieces(lists),
      ]);
  }
}
