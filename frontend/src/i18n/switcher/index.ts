// The sentences of the switcher in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type SwitcherWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], SwitcherWords>> = isolating({ en, bn });

export function switcherWords({ locale }: I18n): SwitcherWords {
  return WORDS[locale];
}
