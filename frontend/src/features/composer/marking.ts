// What Ctrl or ⌘ with B or I does to the text: a mark around what is selected, or off it again.
import { isApple, isShortcut } from '../switcher/shortcut';

/** The mark of each letter, as docs/formatting.md has them. */
const MARKS = { b: '*', i: '_' } as const;

/** What takes the place of a stretch of the text, and what is selected then. */
export interface Marked {
  from: number;
  to: number;
  piece: string;
  start: number;
  end: number;
}

/** A line, or what of it is meant: marks stand at the edges of words, and end in the line in which they begin. */
interface Line {
  before: string;
  left: string;
  core: string;
  right: string;
  after: string;
}

const isMark = (letter: string | undefined) => letter !== undefined && '*_~'.includes(letter);

/** Whether the key was one for a mark; the field then has it, as if it were written, so that it can be undone. */
export function marks(
  event: KeyboardEvent,
  field: HTMLTextAreaElement,
  apple = isApple(),
): boolean {
  const letter = (['b', 'i'] as const).find((it) => isShortcut(event, apple, it));
  if (letter === undefined) return false;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = field;
  const { from, to, piece, start, end } = marked(
    value,
    selectionStart,
    selectionEnd,
    MARKS[letter],
  );
  field.setSelectionRange(from, to);
  // The only way of writing that browsers undo. It is old, and some may come to refuse it.
  const isWritten =
    piece === ''
      ? document.execCommand('delete')
      : document.execCommand('insertText', false, piece);
  if (!isWritten) {
    field.setRangeText(piece, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  field.setSelectionRange(start, end);
  return true;
}

/** What is selected, or else the word at the caret, with the mark; or without it where all of it has it. */
export function marked(text: string, start: number, end: number, mark: string): Marked {
  const isCaret = start === end;
  let [from, to] = isCaret ? wordAt(text, start) : [start, end];
  // What stands around it already is looked at as well.
  while (isMark(text[from - 1])) from -= 1;
  while (isMark(text[to])) to += 1;
  const opens = from === 0 || text[from - 1] === '\n';
  const lines = text
    .slice(from, to)
    .split('\n')
    .map((line, at) => parted(line, opens || at > 0));
  const meant = lines.length === 1 ? lines : lines.filter(({ core }) => core !== '');
  const isOn = meant.every(({ left, right }) => left.includes(mark) && right.includes(mark));
  const without = (marks: string) => marks.replaceAll(mark, '');
  const done = lines.map((line) => {
    if (!meant.includes(line)) return line;
    const { left, right } = line;
    return isOn
      ? { ...line, left: without(left), right: without(right) }
      : { ...line, left: left + mark, right: mark + right };
  });
  const written = done.map((it) => it.before + it.left + it.core + it.right + it.after);
  const [first, last] = [lines.findIndex(isOne), lines.findLastIndex(isOne)];
  const startOf = (all: readonly Line[], texts: readonly string[], at: number) =>
    from + lengthOf(texts.slice(0, at)) + (all[at] ? (all[at].before + all[at].left).length : 0);
  const begins = startOf(done, written, first);
  const whole = { from, to, piece: written.join('\n') };
  if (isCaret) {
    const within = start - startOf(lines, [], first);
    const length = done[first]?.core.length ?? 0;
    const caret = begins + Math.max(0, Math.min(length, within));
    return { ...whole, start: caret, end: caret };
  }
  const ends = startOf(done, written, last) + (done[last]?.core.length ?? 0);
  return { ...whole, start: begins, end: ends };

  function isOne(line: Line): boolean {
    return meant.includes(line);
  }
}

/** How long lines are with the breaks after them. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

/** What a line begins with stays before the mark: a quote, or an item of a list. */
const BEGINNING = /^\s*(?:(?:>|[-*•]|\d{1,3}[.)])[ \t]+)*/;

function parted(line: string, isBeginning: boolean): Line {
  const before = (isBeginning ? BEGINNING : /^\s*/).exec(line)?.[0] ?? '';
  const rest = line.slice(before.length);
  const said = rest.trimEnd();
  const after = rest.slice(said.length);
  let [left, right] = [0, said.length];
  while (left < right && isMark(said[left])) left += 1;
  while (right > left && isMark(said[right - 1])) right -= 1;
  // Marks around nothing: the caret stands in the middle of them.
  if (left === said.length) left = right = Math.floor(said.length / 2);
  const core = said.slice(left, right);
  return { before, left: said.slice(0, left), core, right: said.slice(right), after };
}

/** The word in which the caret stands; nothing where it stands in none. */
function wordAt(text: string, caret: number): [number, number] {
  const before = /[\p{L}\p{M}\p{N}'’]*$/u.exec(text.slice(0, caret))?.[0] ?? '';
  const after = /^[\p{L}\p{M}\p{N}'’]*/u.exec(text.slice(caret))?.[0] ?? '';
  return [caret - before.length, caret + after.length];
}
