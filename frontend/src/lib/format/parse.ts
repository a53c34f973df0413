// A text as people format it in chats, as a tree of what is drawn: lines, quotes, lists and code. Pure; nothing
// in it is HTML, and what means nothing is the text that it was. Linear in its length, and bounded in its depth:
// quotes stand in each other three deep and lists two; what is drawn is bounded too. docs/formatting.md has the rules.
import { isSeen } from '../look';
import { codeIn, type Code } from './code';
import { marksIn, PLAIN, type Styles } from './emphasis';
import { placesIn, type Places } from './scalars';

/** What the server found in a text. Places count Unicode scalar values. */
export interface Found {
  start: number;
  end: number;
  /** A link leads there … */
  url?: string;
  /** … and a mention means somebody, or everybody where it names nobody. */
  isMention?: boolean;
  userId?: number | undefined;
}

/** A piece of a line that is drawn in one way. */
export interface Leaf extends Styles {
  text: string;
  /** Where it is in the whole, in scalar values. */
  start: number;
  isCode?: boolean;
  url?: string;
  isMention?: boolean;
  userId?: number | undefined;
}

export interface Item {
  /** As it was written: `2.`, or a bullet. */
  marker: string;
  leaves: Leaf[];
  /** What stands below it, further in. */
  lists: List[];
}

export interface List {
  kind: 'list';
  isNumbered: boolean;
  items: Item[];
}

export interface CodeBlock {
  kind: 'code';
  text: string;
  /** Its first lines, where no more of it is drawn. */
  shown?: string;
  /** Where its text is in the whole; `null` where parts of that were left out. */
  start: number | null;
  /** As it was written; empty where none was. */
  language: string;
}

export type Block =
  { kind: 'lines'; leaves: Leaf[] } | { kind: 'quote'; blocks: Block[] } | CodeBlock | List;

const MOST_QUOTES = 3;
/** The first line of a block. */
const LANGUAGE = /^([\w+#.-]*)\n/;

/** How much of a text is drawn. */
export interface Bounds {
  /** What is higher is cut; no line of these is lower than half a line of text. */
  lines: number;
  /** About so many elements are made of it: what comes after them is drawn as it was written. */
  elements: number;
}

/** What is drawn of a text, and whether that is not all of it. */
export interface Drawn {
  blocks: Block[];
  isCut: boolean;
}

const UNBOUNDED: Bounds = { lines: Infinity, elements: Infinity };

/** What it takes to draw an item of a list, without what stands in it … */
const OF_ITEM = 3;
/** … and a block of code, with its button. */
const OF_CODE = 10;

/** A line, or the part of one that stands before or after a block of code; `start` is before the signs of a quote. */
type Entry = { depth: number; start: number; from: number; to: number; code?: Code };

/** What stands in a line as it is. */
type Atom = Code | Found;

export function parse(text: string, found: readonly Found[] = []): Block[] {
  return new Parser(text, found).blocks().blocks;
}

/** The text as far as it is drawn; formatted where it is not wanted as it was written. */
export function drawn(
  text: string,
  found: readonly Found[],
  bounds: Bounds,
  isWritten: boolean,
): Drawn {
  const parser = new Parser(text, found, bounds);
  return isWritten ? parser.written() : parser.blocks();
}

/** Whether there is anything in it: nothing is no code, and is shown as it was written. */
function isWrittenIn(text: string, { start, end, ticks, isBlock }: Code): boolean {
  const inside = text.slice(start + ticks, end - ticks);
  return isSeen(isBlock ? inside.replace(LANGUAGE, '') : inside);
}

class Parser {
  private readonly places: Places;
  private readonly code: readonly Code[];
  /** What marks are no marks in, by place. */
  private readonly atoms: readonly Atom[];
  /** The first of them that is not drawn yet: lines are drawn one after the other. */
  private next = 0;
  /** Where the text ends that the last piece has; `null` where that is no text. */
  private reach: number | null = null;
  /** What may still be drawn. */
  private readonly left: Bounds;
  /** Where that was not enough: nothing is formatted from there on. */
  private end: number | null = null;

  constructor(
    private readonly text: string,
    private readonly found: readonly Found[],
    bounds: Bounds = UNBOUNDED,
  ) {
    this.left = { ...bounds };
    this.places = placesIn(text);
    this.code = codeIn(text).filter((code) => isWrittenIn(text, code));
    const { unit } = this.places;
    const all: Atom[] = [
      ...this.code.filter(({ isBlock }) => !isBlock),
      ...found.map((it) => ({ ...it, start: unit(it.start), end: unit(it.end) })),
    ];
    this.atoms = all.sort((a, b) => a.start - b.start);
  }

  blocks(): Drawn {
    const blocks = this.within(this.entries(), 0);
    if (this.end === null) return { blocks, isCut: false };
    const rest = this.written(this.end);
    return { blocks: [...blocks, ...rest.blocks], isCut: rest.isCut };
  }

  /** The text as it was written, from a place on: its links and mentions are still some. */
  written(from = 0): Drawn {
    const { text, places, left } = this;
    let to = from - 1;
    for (let line = 0; line < left.lines && to < text.length; line += 1) {
      const end = text.indexOf('\n', to + 1);
      to = end < 0 ? text.length : end;
    }
    const isCut = to < text.length;
    const leaves: Leaf[] = [];
    let at = from;
    const cut = (end: number) => {
      if (end > at) leaves.push(this.leaf(at, end, PLAIN));
    };
    for (const it of [...this.found].sort((a, b) => a.start - b.start)) {
      const [start, end] = [places.unit(it.start), places.unit(it.end)];
      // What begins within another is part of it.
      if (start < at || end > to) continue;
      cut(start);
      leaves.push(this.foundLeaf({ ...it, start, end }, PLAIN));
      at = end;
    }
    cut(to);
    return { blocks: leaves.length > 0 ? [{ kind: 'lines', leaves }] : [], isCut };
  }

  /** Whether there is so much left to draw something that begins there. */
  private takes(start: number, elements: number, lines = 1): boolean {
    const { left } = this;
    if (this.end !== null) return false;
    if (left.elements < elements || left.lines < lines) {
      this.end = start;
      return false;
    }
    left.elements -= elements;
    left.lines -= lines;
    return true;
  }

  /** The lines with how deep they are quoted; a block of code is one of its own, whatever lines it has. */
  private entries(): Entry[] {
    const { text } = this;
    const blocks = this.code.filter(({ isBlock }) => isBlock);
    const entries: Entry[] = [];
    let depth = 0;
    for (let start = 0, block = 0; start <= text.length;) {
      let from: number;
      [depth, from] = this.quoted(start, depth);
      for (let isRest = false; ; isRest = true) {
        const end = text.indexOf('\n', from);
        const to = end < 0 ? text.length : end;
        const code = blocks[block];
        if (code === undefined || code.start > to) {
          if (!isRest || from < to) entries.push({ depth, start: isRest ? from : start, from, to });
          start = to + 1;
          break;
        }
        if (text.slice(from, code.start).trim() !== '') {
          entries.push({ depth, start: isRest ? from : start, from, to: code.start });
        }
        entries.push({ depth, start: code.start, from: code.start, to: code.end, code });
        block += 1;
        from = code.end;
        while (text[from] === ' ') from += 1;
      }
    }
    return entries;
  }

  /** How deep a line is quoted, and where it goes on. Each sign has a blank after it: `>_<` is a face. */
  private quoted(start: number, before: number): [number, number] {
    const { text } = this;
    let [depth, from] = [0, start];
    while (depth < MOST_QUOTES && text[from] === '>') {
      const after = text[from + 1] ?? '\n';
      if (after !== ' ' && !(after === '\n' && before > depth)) break;
      depth += 1;
      from += after === ' ' ? 2 : 1;
    }
    return [depth, from];
  }

  private within(entries: readonly Entry[], depth: number): Block[] {
    const blocks: Block[] = [];
    for (let at = 0; at < entries.length && this.end === null;) {
      const entry = entries[at] as Entry;
      let end = at + 1;
      if (entry.depth > depth) {
        while ((entries[end]?.depth ?? 0) > depth) end += 1;
        this.quote(entries.slice(at, end), depth + 1, blocks);
      } else if (entry.code) {
        this.codeBlock(entry, entry.code, depth, blocks);
      } else {
        const isLine = (of: Entry | undefined) =>
          of !== undefined && of.depth === depth && of.code === undefined;
        while (isLine(entries[end])) end += 1;
        this.lines(entries.slice(at, end), blocks);
      }
      at = end;
    }
    return blocks;
  }

  private quote(entries: readonly Entry[], depth: number, to: Block[]): void {
    if (!this.takes(entries[0]?.start ?? 0, 1, 0)) return;
    const blocks = this.within(entries, depth);
    if (blocks.length > 0 || this.end === null) to.push({ kind: 'quote', blocks });
  }

  /** Lines in a row: those of lists, and the others. */
  private lines(entries: readonly Entry[], blocks: Block[]): void {
    let together: Entry[] = [];
    const flush = () => {
      const isWritten = ({ from, to }: Entry) => this.text.slice(from, to).trim() !== '';
      // Beside a block a blank line is the distance that there is anyway.
      const first = together.findIndex(isWritten);
      const last = together.findLastIndex(isWritten);
      const leaves: Leaf[] = [];
      for (let at = first; at >= 0 && at <= last; at += 1) {
        const { start, from, to } = together[at] as Entry;
        const above = together[at - 1];
        const [count, text] = [leaves.length, leaves.at(-1)?.text];
        // In a quote there is more between the lines than their break.
        if (at > first && above) this.piece(leaves, above.to, above.to + 1, PLAIN);
        this.inline(from, to, leaves);
        if (this.takes(start, leaves.length - count + (at === first ? 1 : 0))) continue;
        // A line is formatted as a whole or not at all.
        leaves.length = count;
        const before = leaves.at(-1);
        if (before !== undefined && text !== undefined) before.text = text;
        break;
      }
      if (leaves.length > 0) blocks.push({ kind: 'lines', leaves });
      together = [];
    };
    for (const entry of entries) {
      if (this.end !== null) return;
      const item = /^([ \t]*)([-*•]|\d{1,3}[.)])[ \t]+(?=\S)/.exec(
        this.text.slice(entry.from, Math.min(entry.to, entry.from + 64)),
      );
      if (item === null) {
        together.push(entry);
        continue;
      }
      flush();
      if (this.end === null) this.item(item, entry, blocks);
    }
    flush();
  }

  private item([all, indent = '', sign = '']: readonly string[], entry: Entry, to: Block[]): void {
    const isNumbered = /\d/.test(sign);
    const leaves: Leaf[] = [];
    this.inline(entry.from + (all?.length ?? 0), entry.to, leaves);
    if (!this.takes(entry.start, OF_ITEM + leaves.length)) return;
    const item: Item = { marker: isNumbered ? sign : '•', leaves, lists: [] };
    const last = to.at(-1);
    const above = last?.kind === 'list' ? last.items.at(-1) : undefined;
    const isInner = above !== undefined && (indent.length > 1 || indent === '\t');
    const siblings: Block[] = isInner ? above.lists : to;
    const list = siblings.at(-1);
    if (list?.kind === 'list' && list.isNumbered === isNumbered) list.items.push(item);
    else siblings.push({ kind: 'list', isNumbered, items: [item] });
  }

  private codeBlock(entry: Entry, { start, end, ticks }: Code, depth: number, to: Block[]): void {
    if (!this.takes(entry.start, OF_CODE)) return;
    let from = start + ticks;
    const inside = this.text.slice(from, end - ticks);
    const [first, language = ''] = LANGUAGE.exec(inside) ?? [''];
    from += first.length;
    let text = inside.slice(first.length).replace(/\n[ \t]*$/, '');
    // The last line has the sign of the quote alone.
    if (depth > 0) {
      const sign = new RegExp(`^(?:> ?){1,${depth}}`, 'gm');
      text = text.replace(sign, '').replace(/\n[ \t]*$/, '');
    }
    const block: CodeBlock = {
      kind: 'code',
      text,
      start: depth > 0 ? null : this.places.scalar(from),
      language,
    };
    const lines = text.split('\n');
    if (!this.takes(end, 0, lines.length)) {
      block.shown = lines.slice(0, this.left.lines).join('\n');
      this.left.lines = 0;
    }
    to.push(block);
  }

  /** A line, or a part of one. */
  private inline(from: number, to: number, leaves: Leaf[]): void {
    const atoms: Atom[] = [];
    const gaps: [number, number][] = [];
    let at = from;
    for (; (this.atoms[this.next]?.start ?? to) < to; this.next += 1) {
      const atom = this.atoms[this.next] as Atom;
      // What begins within another is part of it.
      if (atom.start < at || atom.end > to) continue;
      if (atom.start > at) gaps.push([at, atom.start]);
      atoms.push(atom);
      at = atom.end;
    }
    if (at < to) gaps.push([at, to]);

    const open = { bold: 0, italic: 0, struck: 0 };
    const styles = (): Styles => ({
      bold: open.bold > 0,
      italic: open.italic > 0,
      struck: open.struck > 0,
    });
    at = from;
    const cut = (end: number) => {
      if (end > at) this.piece(leaves, at, end, styles());
    };
    const cuts = [...marksIn(this.text, from, to, gaps), ...atoms].sort(
      (a, b) => a.start - b.start,
    );
    for (const it of cuts) {
      cut(it.start);
      if ('opens' in it) for (const style of it.styles) open[style] += it.opens ? 1 : -1;
      else this.atom(leaves, it, styles());
      at = it.end;
    }
    cut(to);
  }

  private atom(leaves: Leaf[], atom: Atom, styles: Styles): void {
    this.reach = null;
    if (!('ticks' in atom)) {
      leaves.push(this.foundLeaf(atom, styles));
      return;
    }
    // A blank keeps a backtick at the edge from the ones that enclose it.
    const [from, to] = [atom.start + atom.ticks, atom.end - atom.ticks];
    const inside = this.text.slice(from, to);
    const pad = /^ `.* $|^ .*` $/s.test(inside) ? 1 : 0;
    leaves.push({ ...this.leaf(from + pad, to - pad, styles), isCode: true });
  }

  /** Text: what goes on in the same way is one piece. */
  private piece(leaves: Leaf[], from: number, to: number, styles: Styles): void {
    const last = leaves.at(-1);
    const { bold, italic, struck } = styles;
    const isSame = last?.bold === bold && last.italic === italic && last.struck === struck;
    const leaf = this.leaf(from, to, styles);
    if (last !== undefined && isSame && this.reach === from) last.text += leaf.text;
    else leaves.push(leaf);
    this.reach = to;
  }

  /** A link or a mention, by its place in units. */
  private foundLeaf({ start, end, url, isMention, userId }: Found, styles: Styles): Leaf {
    const about = url === undefined ? { isMention: isMention === true, userId } : { url };
    return { ...this.leaf(start, end, styles), ...about };
  }

  private leaf(from: number, to: number, styles: Styles): Leaf {
    return { text: this.text.slice(from, to), start: this.places.scalar(from), ...styles };
  }
}
