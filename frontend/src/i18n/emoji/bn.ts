// ইমোজি বাছার জানালার কথাগুলি।
import type { EmojiWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: EmojiWords = {
  search: 'ইমোজি খুঁজুন',
  groups: 'ইমোজির ধরন',
  found: (count) => `${n(count)}টি ইমোজি`,
  none: 'এই নামে কোনো ইমোজি নেই।',
};
