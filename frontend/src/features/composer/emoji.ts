// The emoji of the picker, in the person's language: loaded when they are first wanted.
import { folded } from '../../lib/fold';
import type { Locale } from '../../lib/locales';

export interface Emoji {
  text: string;
  name: string;
  /** Everything it is found by, folded. */
  words: string;
}

export interface EmojiGroup {
  key: string;
  name: string;
  emoji: Emoji[];
}

interface Entry {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
}

interface Messages {
  groups: { key: string; message: string; order: number }[];
}

const sources: Record<Locale, () => Promise<[Entry[], Messages]>> = {
  en: async () => [
    (await import('emojibase-data/en/compact.json')).default,
    (await import('emojibase-data/en/messages.json')).default,
  ],
  bn: async () => [
    (await import('emojibase-data/bn/compact.json')).default,
    (await import('emojibase-data/bn/messages.json')).default,
  ],
};

/** Skin tones and hair: they are parts, not emoji by themselves. */
const COMPONENTS = 'component';

/** Everything there is, by group. */
export async function loadEmoji(locale: Locale): Promise<EmojiGroup[]> {
  const [entries, { groups }] = await sources[locale]();
  return grouped(entries, groups);
}

export function grouped(entries: readonly Entry[], groups: Messages['groups']): EmojiGroup[] {
  const sorted = [...entries].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  return groups
    .filter((group) => group.key !== COMPONENTS)
    .map(({ key, message, order }) => ({
      key,
      name: message.charAt(0).toLocaleUpperCase() + message.slice(1),
      emoji: sorted.filter((entry) => entry.group === order).map(emoji),
    }));
}

function emoji({ unicode, label, tags = [] }: Entry): Emoji {
  return { text: unicode, name: label, words: fold([label, ...tags].join(' ')) };
}

/** At most so many are shown for a search. */
const MOST_FOUND = 120;

/** Those whose words begin with every word of the query; by name before by tag. */
export function found(groups: readonly EmojiGroup[], query: string): Emoji[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const matches = groups
    .flatMap((group) => group.emoji)
    .filter((emoji) => words.every((word) => ` ${emoji.words}`.includes(` ${word}`)));
  const first = words[0] ?? '';
  const rank = (emoji: Emoji) => (fold(emoji.name).startsWith(first) ? 0 : 1);
  return matches.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_FOUND);
}

function fold(text: string): string {
  return folded(text).replaceAll('_', ' ');
}
