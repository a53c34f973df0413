// The sentences about what calls for attention in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type AttentionWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], AttentionWords>> = isolating({ en, bn });

export function attentionWords({ locale }: I18n): AttentionWords {
  return WORDS[locale];
}
