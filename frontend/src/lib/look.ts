// What the eye makes of a name.
import { unforced } from './bidi';
import { folded } from './fold';

// Letters that are drawn as nothing: fillers of Hangul, and the empty pattern of Braille.
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{M}\p{Z}\p{C}\u2800]/gu;

/** Whether there is something to see in it. */
export function isSeen(text: string): boolean {
  return text.replace(UNSEEN, '') !== '';
}

/** What keeps nothing apart in a name. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\u2800]/gu;

// Cyrillic and Greek letters with the Latin ones that they look like.
const ALIKE = 'аaвbеeкkмmнhоoрpсcтtуyхxіiӏlјjѕsԁdԛqԝwһhɡgԍgѵvѡwαaοoνvρpτtυuιiκkχx';
const likenesses = new Map(
  Array.from({ length: ALIKE.length / 2 }, (_, at) => [ALIKE[at * 2], ALIKE[at * 2 + 1]]),
);

/** The look of each name that was asked for: names are shown often, and people have few. */
const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

/** Two names that look the same have the same of these. */
export function lookOf(name: string): string {
  let look = known.get(name);
  if (look === undefined) {
    const letters = folded(unforced(name)).replace(BLANK, '');
    look = [...letters].map((letter) => likenesses.get(letter) ?? letter).join('');
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, look);
  }
  return look;
}
