// What somebody means who types a few letters: pure.
import { folded } from '../../lib/fold';
import type { RoomState } from '../../store/model';
import { latest } from '../rooms/list';

/** What is typed may have blanks too many. */
function sought(text: string): string {
  return folded(text).replace(/\s+/g, ' ').trim();
}

/** How well one of the names fits: from its beginning 0, from that of a word 1, from within 2. */
export function fit(names: readonly string[], query: string): 0 | 1 | 2 | null {
  const wanted = sought(query);
  const all = names.map(sought);
  if (all.some((name) => name.startsWith(wanted))) return 0;
  // The vowel signs of Bengali belong to their word: no word begins after one.
  const isWordStart = (name: string, at: number) => !/[\p{L}\p{M}\p{N}]$/u.test(name.slice(0, at));
  const indices = all.flatMap((name) => indicesOf(name, wanted).map((at) => isWordStart(name, at)));
  if (indices.length === 0) return null;
  return indices.some((isStart) => isStart) ? 1 : 2;
}

function indicesOf(name: string, wanted: string): number[] {
  const indices: number[] = [];
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) indices.push(at);
  return indices;
}

/** By which names a room is known. */
function namesOf({ summary: { name, title, peer } }: RoomState): string[] {
  return peer ? [title, peer.username] : [title, name];
}

/**
 * One's rooms that fit, the best first and of equal ones that where something happened last. Without a
 * query those with something unread come first, and last the one that is open already.
 */
export function rankedRooms(
  rooms: Iterable<RoomState>,
  query: string,
  open: string | null,
): RoomState[] {
  const rank = (room: RoomState): number | null => {
    if (query !== '') return fit(namesOf(room), query);
    if (room.summary.name === open) return 2;
    return room.summary.unread > 0 ? 0 : 1;
  };
  return [...rooms]
    .map((room) => ({ room, rank: rank(room) }))
    .filter((it): it is { room: RoomState; rank: number } => it.rank !== null)
    .sort((a, b) => a.rank - b.rank || latest(b.room) - latest(a.room))
    .map(({ room }) => room);
}
