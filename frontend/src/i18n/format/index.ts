// The sentences of formatted texts in the chosen language, loaded with what draws them.
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type FormatWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], FormatWords>> = { en, bn };

export function formatWords({ locale }: I18n): FormatWords {
  return WORDS[locale];
}
