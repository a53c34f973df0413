// What the switcher offers, in its groups: pure.
import type { DirectoryRoom, User } from '../../api/types';
import type { ChatState, RoomState } from '../../store/model';
import { fit, rankedRooms } from './rank';

export type Choice =
  | { key: string; kind: 'own'; room: RoomState }
  | { key: string; kind: 'person'; user: User }
  | { key: string; kind: 'public'; room: DirectoryRoom };

export interface Choices {
  own: Choice[];
  people: Choice[];
  rooms: Choice[];
}

/** So many of one's own rooms are listed; whoever looks for another types on. */
const MOST_OWN = 20;

interface Given {
  state: ChatState;
  me: number;
  query: string;
  /** The room that is open. */
  open: string | null;
  /** What was found for this query, or for the one before it. */
  people: readonly User[];
  rooms: readonly DirectoryRoom[];
}

export function choicesFor({ state, me, query, open, people, rooms }: Given): Choices {
  const own = rankedRooms(state.rooms.values(), query, open).slice(0, MOST_OWN);
  if (query === '') return { own: own.map(ownChoice), people: [], rooms: [] };
  const listed = new Set(own.map((room) => room.summary.peer?.id));
  const others = people.filter(
    ({ id, username, display_name }) =>
      id !== me && !listed.has(id) && fit([display_name, username], query) !== null,
  );
  const elsewhere = rooms.filter(
    ({ name, title }) => !state.rooms.has(name) && fit([title, name], query) !== null,
  );
  return {
    own: own.map(ownChoice),
    people: others.map((user) => ({ key: `person-${user.id}`, kind: 'person', user })),
    rooms: elsewhere.map((room) => ({ key: `public-${room.name}`, kind: 'public', room })),
  };
}

function ownChoice(room: RoomState): Choice {
  return { key: `own-${room.summary.name}`, kind: 'own', room };
}
