// Bold, italic and struck words within a line. Pure, and linear in the length of the line.
//
//   *bold*  **bold**   _italic_   ~struck~  ~~struck~~   ***bold and italic***
//
// One star is bold as in WhatsApp, Slack and Telegram, and two are as in Markdown: whoever means italic by a
// single star stresses a word, and that is what is seen. Two underscores are no mark, since `__init__` is a
// name; Markdown's own rules for `_` are those here. Marks stand at the edges of words, so that `2*3*4`,
// `snake_case_names` and `~/path` are what they were written as; in scripts that put no blanks between words
// they stand anywhere. The closing mark is the same as the opening one, in the same line.

export interface Styles {
  bold: boolean;
  italic: boolean;
  struck: boolean;
}

export const PLAIN: Styles = { bold: false, italic: false, struck: false };

/** A mark that begins or ends a style. */
export interface Mark {
  start: number;
  end: number;
  opens: boolean;
  styles: readonly (keyof Styles)[];
}

const KINDS: Readonly<Record<string, readonly (keyof Styles)[]>> = {
  '*': ['bold'],
  '**': ['bold'],
  '***': ['bold', 'italic'],
  _: ['italic'],
  '~': ['struck'],
  '~~': ['struck'],
};

// Scripts without blanks between words, with their punctuation and that of full width, and emoji.
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}' +
  '\\u3000-\\u303f\\uff00-\\uff65\\p{Emoji_Presentation}\\p{Extended_Pictographic}\\ufe0f\\u{1f3fb}-\\u{1f3ff}';
const QUOTES = '"\'\\p{Pi}\\p{Pf}|';
/** Before a mark that opens … */
const BEFORE_OPENING = new RegExp(`(?:^|[\\s\\p{Ps}${QUOTES}¡¿—–${UNSPACED}])$`, 'u');
/** … and after it there is none of these, which would close what is not open. */
const NOT_AFTER_OPENING = /^(?:$|[\s\p{Pe}.,;:!?])/u;
const NOT_BEFORE_CLOSING = /(?:^|[\s\p{Ps}])$/u;
const AFTER_CLOSING = new RegExp(`^(?:$|[\\s\\p{Pe}\\p{Pd}${QUOTES}.,;:!?…।॥،؛؟${UNSPACED}])`, 'u');

interface Open {
  run: string;
  mark: Mark;
}

/**
 * The marks of a line, in their order. The line goes from `from` to `to`; `gaps` are the parts of it that are
 * no code, link or mention. Of those the marks are looked for, and all of the line is what stands beside them.
 */
export function marksIn(
  text: string,
  from: number,
  to: number,
  gaps: readonly (readonly [number, number])[],
): Mark[] {
  const open: Open[] = [];
  const waiting = new Map<string, number>();
  const found: Mark[] = [];

  /** Ends the innermost style that such a mark began. What was begun within it and is not ended is text. */
  function close(run: string, end: Mark): boolean {
    if (!waiting.get(run)) return false;
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      waiting.set(last.run, (waiting.get(last.run) ?? 0) - 1);
      if (last.run !== run) continue;
      found.push(last.mark, end);
      return true;
    }
    return false;
  }

  for (const [first, end] of gaps) {
    for (const { 0: stretch, index } of text.slice(first, end).matchAll(/[*_~]+/g)) {
      const start = first + index;
      const past = start + stretch.length;
      // As many units as any one character has.
      const before = text.slice(Math.max(from, start - 2), start);
      const after = text.slice(past, Math.min(to, past + 2));
      const mayOpen = BEFORE_OPENING.test(before) && !NOT_AFTER_OPENING.test(after);
      const mayClose = !NOT_BEFORE_CLOSING.test(before) && AFTER_CLOSING.test(after);
      if (!mayOpen && !mayClose) continue;
      let at = start;
      for (const run of stretch.match(/\*+|_+|~+/g) ?? []) {
        const styles = KINDS[run];
        const mark = { start: at, end: (at += run.length), styles: styles ?? [] };
        if (styles === undefined) continue;
        if (mayClose && close(run, { ...mark, opens: false })) continue;
        if (!mayOpen) continue;
        open.push({ run, mark: { ...mark, opens: true } });
        waiting.set(run, (waiting.get(run) ?? 0) + 1);
      }
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
