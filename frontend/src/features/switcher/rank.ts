// What somebody means who types a few letters, and in which order they look for it: pure.
import { folded } from '../../lib/fold';
import { byName } from '../../lib/order';
import { isCalling } from '../../store/attention';
import type { RoomState } from '../../store/model';
import { latest } from '../rooms/list';

/** How well what is typed fits: it is the name 0, begins it 1, begins a word of it 2, is within it 3. */
export type Fit = 0 | 1 | 2 | 3;

/** What is typed may have blanks too many. */
function sought(text: string): string {
  return folded(text).replace(/\s+/g, ' ').trim();
}

/** How well the best of the names fits; several words may stand in another order, and in several names. */
export function fit(names: readonly string[], query: string): Fit | null {
  const wanted = sought(query);
  const all = names.map(sought);
  const fits = all.map((name) => fitOf(name, wanted)).filter((it) => it !== null);
  const best = fits.length > 0 ? (Math.min(...fits) as Fit) : null;
  const isSomeOrder = () => {
    const words = wanted.split(' ');
    return words.length > 1 && words.every((word) => all.some((name) => beginsWord(name, word)));
  };
  return (best ?? 3) > 2 && isSomeOrder() ? 2 : best;
}

function fitOf(name: string, wanted: string): Fit | null {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (!name.includes(wanted)) return null;
  return beginsWord(name, wanted) ? 2 : 3;
}

/** The vowel signs of Bengali belong to their word: no word begins after one. */
const IN_WORD = /[\p{L}\p{M}\p{N}]$/u;

function beginsWord(name: string, wanted: string): boolean {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (!IN_WORD.test(name.slice(0, at))) return true;
  }
  return false;
}

/** Something with its names: the first is the one by which it stands in a list. */
export interface Called {
  names: readonly [string, ...string[]];
  /** When something happened there last, in milliseconds; 0 where that is nobody's concern. */
  at?: number;
}

export interface Ranked<T> {
  item: T;
  fit: Fit;
}

/** What fits: the best first, of equals the one where something happened last, then by name. */
export function ranked<T>(
  items: Iterable<T>,
  query: string,
  locale: string,
  called: (item: T) => Called,
): Ranked<T>[] {
  const compare = byName(locale);
  return [...items]
    .map((item) => ({ item, ...called(item) }))
    .map((entry) => ({ ...entry, fit: fit(entry.names, query) }))
    .filter((entry): entry is typeof entry & Ranked<T> => entry.fit !== null)
    .sort(
      (a, b) => a.fit - b.fit || (b.at ?? 0) - (a.at ?? 0) || compare(a.names[0], b.names[0]) || 0,
    )
    .map(({ item, fit }) => ({ item, fit }));
}

/** One's rooms that fit. */
export function rankedRooms(
  rooms: Iterable<RoomState>,
  query: string,
  locale: string,
): Ranked<RoomState>[] {
  return ranked(rooms, query, locale, (room) => {
    const { name, title, peer } = room.summary;
    return { names: [title, peer ? peer.username : name], at: latest(room) };
  });
}

/** One's rooms where nothing is typed: something unread first, the one that is open last. */
export function recentRooms(rooms: Iterable<RoomState>, open: string | null): RoomState[] {
  const rank = (room: RoomState) => (room.summary.name === open ? 2 : isCalling(room) ? 0 : 1);
  return [...rooms].sort((a, b) => rank(a) - rank(b) || latest(b) - latest(a));
}
