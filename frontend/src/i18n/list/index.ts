// What can be done with rooms and with their list, in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type ListWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], ListWords>> = isolating({ en, bn });

export function listWords({ locale }: I18n): ListWords {
  return WORDS[locale];
}
