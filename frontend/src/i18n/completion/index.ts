// What is said while a name is completed, in the chosen language.
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type CompletionWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], CompletionWords>> = { en, bn };

export function completionWords({ locale }: I18n): CompletionWords {
  return WORDS[locale];
}
