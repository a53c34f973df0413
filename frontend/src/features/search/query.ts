// What is searched for: the operators as chips, and the words. Pure.

export type Kind = 'from' | 'in' | 'has' | 'before' | 'after' | 'mentions';
export type Has = 'image' | 'audio' | 'file' | 'link';

export const HAS: readonly Has[] = ['image', 'audio', 'file', 'link'];

/** An operator with what it wants. */
export interface Chip {
  kind: Kind;
  value: string;
}

export interface Query {
  chips: readonly Chip[];
  text: string;
}

/** The server takes no more. */
export const LONGEST = 200;

/** What there may be several of. */
export const SEVERAL: ReadonlySet<Kind> = new Set(['from', 'in', 'has']);

/** What an operator may want; anything else is a word like any other. */
const VALUES: Readonly<Record<Kind, (value: string) => boolean>> = {
  // A handle, or a name in any language; one of several words stands between quotes and stays text.
  from: (value) => /^[^"“”„]+$/.test(value),
  in: (value) => /^[a-z0-9_-]+$/.test(value),
  has: (value) => (HAS as readonly string[]).includes(value),
  before: isDay,
  after: isDay,
  mentions: (value) => value === 'me',
};

function isDay(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** A word as an operator, where it is one. */
export function chipOf(word: string): Chip | null {
  const colon = word.indexOf(':');
  const kind = word.slice(0, Math.max(0, colon)).toLowerCase();
  if (!Object.hasOwn(VALUES, kind)) return null;
  const value = word.slice(colon + 1).toLowerCase();
  // A handle may be typed as people mention it.
  const chip = { kind: kind as Kind, value: kind === 'from' ? value.replace(/^@/, '') : value };
  return VALUES[chip.kind](chip.value) ? chip : null;
}

/** Words and phrases; what is between quotes, as keyboards make them, is text whatever it says. */
const TOKENS = /(?:[a-z]+:)?["“”„][^"“”„]*(?:["“”„]|$)|\S+/gi;

function cut(text: string, isFinished: (end: number) => boolean): Query {
  let chips: readonly Chip[] = [];
  let rest = '';
  let from = 0;
  for (const { 0: word, index } of text.matchAll(TOKENS)) {
    const end = index + word.length;
    const chip = isFinished(end) ? chipOf(word) : null;
    if (chip === null) continue;
    chips = withChip(chips, chip);
    rest += text.slice(from, index);
    // The blank after it goes with it.
    from = end + 1;
  }
  return { chips, text: rest + text.slice(from) };
}

/** A query as it is kept and shared. */
export function parse(query: string): Query {
  const { chips, text } = cut(query, () => true);
  return { chips, text: text.trim() };
}

/** What was typed so far: an operator is one once there is a blank after it. */
export function typed(text: string): Query {
  return cut(text, (end) => /\s/.test(text[end] ?? ''));
}

export function format({ chips, text }: Query): string {
  return [...chips.map(({ kind, value }) => `${kind}:${value}`), text.trim()]
    .filter((part) => part !== '')
    .join(' ');
}

/** With one more: of several senders or rooms any will do, and a message may have several things. */
export function withChip(chips: readonly Chip[], chip: Chip): readonly Chip[] {
  const stays = (other: Chip) =>
    other.kind !== chip.kind || (SEVERAL.has(chip.kind) && other.value !== chip.value);
  return [...chips.filter(stays), chip];
}

/** The word that is being typed, and what stands before it; none within quotes. */
export function lastWord(text: string): { before: string; word: string } {
  const last = [...text.matchAll(TOKENS)].at(-1);
  const isOpen = last !== undefined && last.index + last[0].length === text.length;
  if (!isOpen || /["“”„]/.test(last[0])) return { before: text, word: '' };
  return { before: text.slice(0, last.index), word: last[0] };
}
