// The sentences of the viewer of pictures in the chosen language.
import { isolating } from '../../lib/bidi';
import type { I18n } from '../index.svelte';
import { bn } from './bn';
import { en, type ViewerWords } from './en';

const WORDS: Readonly<Record<I18n['locale'], ViewerWords>> = isolating({ en, bn });

export function viewerWords({ locale }: I18n): ViewerWords {
  return WORDS[locale];
}
