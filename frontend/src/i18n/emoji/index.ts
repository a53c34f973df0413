// The sentences of the emoji picker in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type EmojiWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], EmojiWords>> = isolating({ en, bn });

export function emojiWords({ locale }: I18n): EmojiWords {
  return WORDS[locale];
}
