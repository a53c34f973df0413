// The sentences of the emoji picker, in English: loaded with it.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  search: 'Find an emoji',
  groups: 'Kinds of emoji',
  found: (count: number) => plural('en', count, { one: '1 emoji', other: `${n(count)} emoji` }),
  none: 'No emoji by this name.',
};

export type EmojiWords = typeof en;
