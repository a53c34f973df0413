// Emoji by what is typed after a colon: the names that people know from other chats, and the words of both languages.
// Loaded with the first that is wanted.
import { folded } from '../../lib/fold';
import type { Locale } from '../../lib/locales';
import { loadEmoji, type Emoji } from './emoji';

export interface NamedEmoji extends Emoji {
  /** As in `:tea:`, that which is used most first; none in other languages. */
  codes: readonly string[];
}

/** Names are those of the script that is typed, whatever the language of the app. */
export function languageOf(query: string): Locale {
  return /[\u0980-\u09ff]/.test(query) ? 'bn' : 'en';
}

const loading = new Map<Locale, Promise<NamedEmoji[]>>();

export function loadNames(language: Locale): Promise<NamedEmoji[]> {
  let names = loading.get(language);
  if (!names) {
    names = load(language);
    loading.set(language, names);
    // Whoever asks once more tries once more.
    names.catch(() => loading.delete(language));
  }
  return names;
}

async function load(language: Locale): Promise<NamedEmoji[]> {
  const groups = await loadEmoji(language);
  const codes: Record<string, string | string[]> =
    language === 'en' ? (await import('emojibase-data/en/shortcodes/github.json')).default : {};
  return groups
    .flatMap(({ emoji }) => emoji)
    .map((emoji) => ({ ...emoji, codes: [codesOf(emoji.text, codes)].flat() }));
}

/** The table names an emoji by its numbers, with the sign that asks for a picture or without. */
function codesOf(text: string, codes: Record<string, string | string[]>): string | string[] {
  const hex = [...text].map((sign) => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase());
  const plain = hex.filter((it) => it !== 'FE0F');
  return codes[hex.join('-')] ?? codes[plain.join('-')] ?? [];
}

/** Names are typed with and without what stands between their words. */
function joined(name: string): string {
  return folded(name).replace(/[\s_-]/g, '');
}

/** Those that may be meant, the likeliest first. */
export function named(all: readonly NamedEmoji[], query: string, most: number): NamedEmoji[] {
  const ranks = all.map((emoji, order) => ({ emoji, order, ...rankOf(emoji, query) }));
  return ranks
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.length - b.length || a.order - b.order)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

/** The one that is called just so. */
export function exactly(all: readonly NamedEmoji[], query: string): NamedEmoji | undefined {
  return all.find((emoji) => rankOf(emoji, query).rank === 0);
}

/** How well it fits, and how long the code is that does: the shorter is used more. */
function rankOf(
  { name, words, codes }: NamedEmoji,
  query: string,
): { rank: number; length: number } {
  const wanted = joined(query);
  const plain = folded(query).replaceAll('_', ' ');
  const called = [...codes, name].map(joined);
  const code = codes.map(joined).find((it) => it.startsWith(wanted));
  if (called.includes(wanted)) return { rank: 0, length: 0 };
  if (code !== undefined) return { rank: 1, length: code.length };
  if (` ${words} `.includes(` ${plain} `)) return { rank: 2, length: 0 };
  if (joined(name).startsWith(wanted)) return { rank: 3, length: 0 };
  return { rank: ` ${words}`.includes(` ${plain}`) ? 4 : Infinity, length: 0 };
}
