// The sentences of the search in the chosen language.
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type SearchWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], SearchWords>> = { en, bn };

export function searchWords({ locale }: I18n): SearchWords {
  return WORDS[locale];
}
