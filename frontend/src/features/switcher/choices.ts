// What the switcher offers, in its groups: pure.
import type { DirectoryRoom, User } from '../../api/types';
import type { ChatState, RoomState } from '../../store/model';
import { shownName, shownTitle } from '../../store/names';
import { ranked, rankedRooms, recentRooms, type Ranked } from './rank';

export type Choice =
  | { key: string; kind: 'own'; room: RoomState }
  | { key: string; kind: 'person'; user: User }
  | { key: string; kind: 'public'; room: DirectoryRoom };

export type Part = 'own' | 'people' | 'rooms';

export interface Choices extends Record<Part, Choice[]> {
  /** The parts, that with the best choice first. */
  order: readonly Part[];
  /** Whether nothing that is still looked for could come before the first. */
  isCertain: boolean;
}

/** So many are listed; whoever looks for another types on. */
const MOST: Record<Part, number> = { own: 20, people: 8, rooms: 5 };
/** So many are asked for, of which the best are listed: the server knows no order of fits. */
export const ASKED = 40;
/** One's own are meant rather than what is new, unless they fit worse by more than this. */
const OWN_BEFORE = 1.5;

interface Given {
  state: ChatState;
  me: number;
  query: string;
  locale: string;
  /** The room that is open. */
  open: string | null;
  /** What was found for this query, or for the one before it. */
  people: readonly User[];
  rooms: readonly DirectoryRoom[];
}

export function choicesFor(given: Given): Choices {
  const { state, me, query, locale, open } = given;
  if (query === '') {
    const own = recentRooms(state.rooms.values(), open).slice(0, MOST.own).map(ownChoice);
    return { own, people: [], rooms: [], order: ['own'], isCertain: true };
  }
  const own = rankedRooms(state.rooms.values(), query, locale).slice(0, MOST.own);
  const listed = new Set(own.map(({ item }) => item.summary.peer?.id));
  const others = given.people.filter(({ id }) => id !== me && !listed.has(id));
  const elsewhere = given.rooms.filter(({ name }) => !state.rooms.has(name));
  const people = ranked(others, query, locale, (user) => ({
    names: [shownName(user), user.username],
  })).slice(0, MOST.people);
  const rooms = ranked(elsewhere, query, locale, (room) => ({
    names: [shownTitle(room), room.name],
  })).slice(0, MOST.rooms);
  const best: [Part, number][] = [
    ['own', bestOf(own)],
    ['people', bestOf(people) + OWN_BEFORE],
    ['rooms', bestOf(rooms) + OWN_BEFORE],
  ];
  return {
    own: own.map(({ item }) => ownChoice(item)),
    people: people.map(({ item }) => ({ key: `person-${item.id}`, kind: 'person', user: item })),
    rooms: rooms.map(({ item }) => ({ key: `public-${item.name}`, kind: 'public', room: item })),
    order: best.sort(([, a], [, b]) => a - b).map(([part]) => part),
    isCertain: bestOf(own) < OWN_BEFORE,
  };
}

function bestOf(found: readonly Ranked<unknown>[]): number {
  return found[0]?.fit ?? Number.MAX_VALUE;
}

function ownChoice(room: RoomState): Choice {
  return { key: `own-${room.summary.name}`, kind: 'own', room };
}
