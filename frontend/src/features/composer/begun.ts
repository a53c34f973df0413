// That somebody or an emoji is about to be named before the caret, and the text with it: pure.

export interface Begun {
  sign: '@' | ':';
  /** Where the sign stands. */
  start: number;
  /** What was typed after it. */
  query: string;
  /** Whether the name of an emoji was ended, as in `:tea:`. */
  isEnded: boolean;
}

/** As far back as may matter; a handle has at most 32 characters. */
const REACH = 120;

/** Names of any script may be typed to find a handle. */
const PERSON = /@([\p{L}\p{M}\p{N}_.-]{0,32})$/u;
/** Two letters at least, so that `:)` and `:D` stay what they are; and `:+1`. */
const EMOJI = /:((?:\p{L}|[+-]1)[\p{L}\p{M}\p{N}_+-]*)(:?)$/u;
/** A letter that goes on, as in `:oo` and `:DD`, is a face and no name. */
const FACE = /^(\p{L})\1*$/u;

export function begunAt(text: string, caret: number): Begun | null {
  const before = text.slice(Math.max(0, caret - REACH), caret);
  const person = PERSON.exec(before);
  if (person) {
    const [whole, query = ''] = person;
    const isOne = mayMention(before.slice(0, person.index)) && !isCodeAt(text, caret);
    return isOne ? { sign: '@', start: caret - whole.length, query, isEnded: false } : null;
  }
  const [whole = '', query = '', end] = EMOJI.exec(before) ?? [];
  if (query.length < 2 || FACE.test(query)) return null;
  const start = caret - whole.length;
  const isOne = mayBeEmoji(text.slice(Math.max(0, start - REACH), start)) && !isCodeAt(text, caret);
  return isOne ? { sign: ':', start, query, isEnded: end === ':' } : null;
}

/** What makes an `@` a part of something else: `name@mira`, `https://example.org/@mira`, `@types/node`. */
const PART = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}_.\-+%=&#@\\]$/u;
/** Mentions that stand in one word, as in `@mira/@ravi`. */
const MENTIONS = /(?<![\w.@-])@[\w.-]+[/:,;|]+/g;

/** Whether a mention may begin after this. */
function mayMention(before: string): boolean {
  if (PART.test(before)) return false;
  if (!/[/:]$/.test(before)) return true;
  // Of an address or a path it is a part as well.
  const word = /\S*$/.exec(before)?.[0].replace(MENTIONS, '') ?? '';
  return !/[./\\@:].*[/:]$/.test(word);
}

/** Whether the name of an emoji may begin after this: where a word may, and after another emoji. */
function mayBeEmoji(before: string): boolean {
  return /(?:^|[\s([{<>«„“‘‚—–।\p{Extended_Pictographic}\ufe0f]|(?:^|\s)["'*_~]+)$/u.test(before);
}

/** Whether the caret is in code: between backticks, or after some that are not closed yet. */
export function isCodeAt(text: string, caret: number): boolean {
  const runs = [...text.matchAll(/`+/g)];
  for (let at = 0; at < runs.length; at += 1) {
    const open = runs[at];
    if (!open || open.index >= caret) return false;
    const [ticks] = open;
    const begin = open.index + ticks.length;
    const next = runs.findIndex((run, index) => index > at && run[0] === ticks);
    const close = runs[next];
    const isBlock = ticks.length > 2;
    if (close && (isBlock || !text.slice(begin, close.index).includes('\n'))) {
      if (caret < close.index + ticks.length) return caret >= begin;
      at = next;
    } else if (isBlock || !text.slice(begin, caret).includes('\n')) {
      // Whoever writes code closes it last; a stroke within a word or before a blank begins none.
      const isBegun =
        !/[\p{L}\p{N}]$/u.test(text.slice(0, open.index)) && /^\S/.test(text.slice(begin));
      if (isBlock || isBegun) return true;
    }
  }
  return false;
}

export interface Placed {
  text: string;
  caret: number;
}

/** The text with a handle in the place of what was begun, and a blank between it and what follows. */
export function mentioned(text: string, caret: number, begun: Begun, username: string): Placed {
  // Whoever goes back into a handle has its end already.
  const rest = username.slice(begun.query.length);
  const after = text.slice(caret, caret + rest.length);
  const isThere =
    username.startsWith(begun.query.toLowerCase()) &&
    after.toLowerCase() === rest &&
    !/^[\w-]/.test(text.slice(caret + rest.length));
  return placed(text, begun, isThere ? caret + rest.length : caret, `@${username}`, ' ');
}

/** The text with an emoji in the place of its name. */
export function drawn(text: string, caret: number, begun: Begun, emoji: string): Placed {
  return placed(text, begun, caret, emoji, '');
}

function placed(text: string, { start }: Begun, end: number, piece: string, blank: string): Placed {
  const after = text.slice(end);
  const isBlankThere = blank !== '' && after.startsWith(blank);
  const before = text.slice(0, start) + piece + blank;
  return {
    text: before + (isBlankThere ? after.slice(blank.length) : after),
    caret: before.length,
  };
}
