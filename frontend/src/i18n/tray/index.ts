// The sentences of what is to be sent in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type TrayWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], TrayWords>> = isolating({ en, bn });

export function trayWords({ locale }: I18n): TrayWords {
  return WORDS[locale];
}
