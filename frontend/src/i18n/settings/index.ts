// The sentences of the settings in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type SettingsWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], SettingsWords>> = isolating({ en, bn });

export function settingsWords({ locale }: I18n): SettingsWords {
  return WORDS[locale];
}
