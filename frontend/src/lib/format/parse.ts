// A text as people format it in chats, as a tree of what is drawn: lines, quotes, lists and code. Pure; nothing
// in it is HTML, and what means nothing is the text that it was. Linear in its length, and bounded in its depth:
// quotes stand in each other three deep and lists two. docs/formatting.md has the rules.
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
  /** Where its text is in the whole; `null` where parts of that were left out. */
  start: number | null;
  /** As it was written; empty where none was. */
  language: string;
}

export type Block =
  { kind: 'lines'; leaves: Leaf[] } | { kind: 'quote'; blocks: Block[] } | CodeBlock | List;

const MOST_QUOTES = 3;

/** A line, or the part of one that stands before or after a block of code. */
type Entry = { depth: number; from: number; to: number; code?: Code };

/** What stands in a line as it is. */
type Atom = Code | Found;

export function parse(text: string, found: readonly Found[] = []): Block[] {
  return new Parser(text, found).blocks();
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

  constructor(
    private readonly text: string,
    found: readonly Found[],
  ) {
    this.places = placesIn(text);
    this.code = codeIn(text);
    const { unit } = this.places;
    const all: Atom[] = [
      ...this.code.filter(({ isBlock }) => !isBlock),
      ...found.map((it) => ({ ...it, start: unit(it.start), end: unit(it.end) })),
    ];
    this.atoms = all.sort((a, b) => a.start - b.start);
  }

  blocks(): Block[] {
    return this.within(this.entries(), 0);
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
          if (!isRest || from < to) entries.push({ depth, from, to });
          start = to + 1;
          break;
        }
        if (text.slice(from, code.start).trim() !== '') {
          entries.push({ depth, from, to: code.start });
        }
        entries.push({ depth, from: code.start, to: code.end, code });
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
    for (let at = 0; at < entries.length;) {
      const entry = entries[at] as Entry;
      let end = at + 1;
      if (entry.depth > depth) {
        while ((entries[end]?.depth ?? 0) > depth) end += 1;
        blocks.push({ kind: 'quote', blocks: this.within(entries.slice(at, end), depth + 1) });
      } else if (entry.code) {
        blocks.push(this.codeBlock(entry.code, depth));
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
        const { from, to } = together[at] as Entry;
        const above = together[at - 1];
        // In a quote there is more between the lines than their break.
        if (at > first && above) this.piece(leaves, above.to, above.to + 1, PLAIN);
        this.inline(from, to, leaves);
      }
      if (leaves.length > 0) blocks.push({ kind: 'lines', leaves });
      together = [];
    };
    for (const entry of entries) {
      const item = /^([ \t]*)([-*•]|\d{1,3}[.)])[ \t]+(?=\S)/.exec(
        this.text.slice(entry.from, Math.min(entry.to, entry.from + 64)),
      );
      if (item === null) {
        together.push(entry);
        continue;
      }
      flush();
      this.item(item, entry, blocks);
    }
    flush();
  }

  private item([all, indent = '', sign = '']: readonly string[], entry: Entry, to: Block[]): void {
    const isNumbered = /\d/.test(sign);
    const leaves: Leaf[] = [];
    this.inline(entry.from + (all?.length ?? 0), entry.to, leaves);
    const item: Item = { marker: isNumbered ? sign : '•', leaves, lists: [] };
    const last = to.at(-1);
    const above = last?.kind === 'list' ? last.items.at(-1) : undefined;
    const isInner = above !== undefined && (indent.length > 1 || indent === '\t');
    const siblings: Block[] = isInner ? above.lists : to;
    const list = siblings.at(-1);
    if (list?.kind === 'list' && list.isNumbered === isNumbered) list.items.push(item);
    else siblings.push({ kind: 'list', isNumbered, items: [item] });
  }

  private codeBlock({ start, end, ticks }: Code, depth: number): Block {
    let from = start + ticks;
    const inside = this.text.slice(from, end - ticks);
    const [first, language = ''] = /^([\w+#.-]*)\n/.exec(inside) ?? [''];
    from += first.length;
    let text = inside.slice(first.length).replace(/\n[ \t]*$/, '');
    // The last line has the sign of the quote alone.
    if (depth > 0) {
      const sign = new RegExp(`^(?:> ?){1,${depth}}`, 'gm');
      text = text.replace(sign, '').replace(/\n[ \t]*$/, '');
    }
    return { kind: 'code', text, start: depth > 0 ? null : this.places.scalar(from), language };
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
      const { start, end, url, isMention, userId } = atom;
      const about = url === undefined ? { isMention: isMention === true, userId } : { url };
      leaves.push({ ...this.leaf(start, end, styles), ...about });
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

  private leaf(from: number, to: number, styles: Styles): Leaf {
    return { text: this.text.slice(from, to), start: this.places.scalar(from), ...styles };
  }
}
