// Whom somebody is about to mention, and the text with that person in it: pure.
import type { UserRef } from '../../api/types';
import type { RoomState } from '../../store/model';
import { fit } from '../switcher/rank';

/** An `@` before the caret, and what was typed after it. */
export interface Begun {
  /** Where the `@` stands. */
  start: number;
  query: string;
}

/** As the server finds mentions; names of any script may be typed to find the handle. */
const BEGUN = /(?:^|[^\w.\-@/+%=:&#])@([\p{L}\p{M}\p{N}_.-]{0,32})$/u;

export function begunAt(text: string, caret: number): Begun | null {
  const query = BEGUN.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, query };
}

/** The text with a handle in the place of what was begun, and where the caret stands then. */
export function mentioned(
  text: string,
  caret: number,
  { start }: Begun,
  username: string,
): { text: string; caret: number } {
  const after = text.slice(caret);
  const piece = `@${username}${/^\s/.test(after) ? '' : ' '}`;
  return { text: text.slice(0, start) + piece + after, caret: start + piece.length };
}

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
