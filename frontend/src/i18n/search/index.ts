// The sentences of the search in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type SearchWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], SearchWords>> = isolating({ en, bn });

export function searchWords({ locale }: I18n): SearchWords {
  return WORDS[locale];
}
