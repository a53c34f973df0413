// The sentences of the sheet of keys in the chosen language.
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type KeyWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], KeyWords>> = { en, bn };

export function keyWords({ locale }: I18n): KeyWords {
  return WORDS[locale];
}
