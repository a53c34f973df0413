// The sentences about people and members in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type PeopleWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], PeopleWords>> = isolating({ en, bn });

export function peopleWords({ locale }: I18n): PeopleWords {
  return WORDS[locale];
}
