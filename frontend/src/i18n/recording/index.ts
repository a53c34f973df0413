// The sentences of recording in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type RecordingWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], RecordingWords>> = isolating({ en, bn });

export function recordingWords({ locale }: I18n): RecordingWords {
  return WORDS[locale];
}
