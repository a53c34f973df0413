// The sentences of the directories of people and rooms in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type DirectoryWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], DirectoryWords>> = isolating({ en, bn });

export function directoryWords({ locale }: I18n): DirectoryWords {
  return WORDS[locale];
}
