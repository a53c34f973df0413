// Whom somebody may be about to mention: pure, and loaded with the first mention.
import type { UserRef } from '../../api/types';
import type { RoomState } from '../../store/model';
import { fit } from '../switcher/rank';
import type { Begun } from './mention';

/** So many are offered. */
export const MOST_OFFERED = 6;

/** Whom a room is likely to mean: who spoke last there, then whom the server found. */
export function offered(
  room: RoomState | undefined,
  { query }: Begun,
  found: readonly UserRef[],
  me: number,
): UserRef[] {
  if (!room) return [];
  const { peer } = room.summary;
  const near = peer ? [peer] : speakers(room);
  const people = new Map<number, UserRef>();
  for (const person of peer ? near : [...near, ...found]) {
    const fits = query === '' || fit([person.username, person.display_name], query) !== null;
    if (person.id > 0 && person.id !== me && fits && !people.has(person.id)) {
      people.set(person.id, person);
    }
  }
  return [...people.values()].slice(0, MOST_OFFERED);
}

function speakers({ timeline, summary }: RoomState): UserRef[] {
  const said = timeline?.items.map((message) => message.sender) ?? [];
  const last = summary.last_message ? [summary.last_message.sender] : [];
  return [...said, ...last].reverse();
}
