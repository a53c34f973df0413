// Which parts of a text are code. The grammar is the server's, which finds neither links nor mentions in
// them: both are held to one table of cases. Pure, and linear in the length of the text.

/** A stretch of code, in units of UTF-16. */
export interface Code {
  /** Where the opening backticks stand. */
  start: number;
  /** One past the closing ones. */
  end: number;
  /** How many there are at each end. */
  ticks: number;
  /** Whether it stands on lines of its own: three backticks or more, with a line break between. */
  isBlock: boolean;
}

/**
 * A run of backticks opens, and the next one of exactly its length closes: one or two in the same line, more
 * in any line after it too. What nothing closes is text, and what follows it is looked at anew.
 */
export function codeIn(text: string): Code[] {
  const runs = [...text.matchAll(/`+|\n/g)].map(({ 0: run, index }) => ({ run, index }));
  const next = closing(runs.map(({ run }) => run));
  const found: Code[] = [];
  for (let at = 0; at < runs.length; at += 1) {
    const [open, close] = [runs[at], runs[next[at] ?? -1]];
    if (open === undefined || close === undefined) continue;
    const ticks = open.run.length;
    const end = close.index + ticks;
    const isBlock = ticks > 2 && text.slice(open.index, end).includes('\n');
    found.push({ start: open.index, end, ticks, isBlock });
    at = next[at] ?? at;
  }
  return found;
}

/** For each run the place of the one that would close it, found from the end. */
function closing(runs: readonly string[]): (number | undefined)[] {
  const next: (number | undefined)[] = [];
  const latest = new Map<number, number>();
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const run = runs[at] ?? '';
    if (run === '\n') {
      latest.delete(1);
      latest.delete(2);
    } else {
      next[at] = latest.get(run.length);
      latest.set(run.length, at);
    }
  }
  return next;
}
