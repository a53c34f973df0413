// Everything that can be chosen while somebody searches, in its groups: pure.
import type { SearchHit } from '../../api/types';
import type { DirectoryRoom, User } from '../../api/types';
import type { ChatState } from '../../store/model';
import { choicesFor, type Choice } from '../switcher/choices';
import type { Offer } from './offers';
import type { Query } from './query';

export type Option =
  | { key: string; kind: 'recent'; query: string }
  | { key: string; kind: 'offer'; offer: Offer }
  | { key: string; kind: 'choice'; choice: Choice }
  | { key: string; kind: 'hit'; hit: SearchHit };

/** So many of one's own rooms, of people and of other rooms are offered above the messages. */
const MOST = { own: 3, people: 2, rooms: 2 };

interface Given {
  state: ChatState;
  me: number;
  query: Query;
  locale: string;
  people: readonly User[];
  rooms: readonly DirectoryRoom[];
}

/** Who and what is called as was typed; nobody once there is more to it than a name. */
export function choicesAlong({ state, me, query, locale, people, rooms }: Given): Option[] {
  const name = query.text.trim();
  if (name === '' || query.chips.length > 0 || /[":“”„]/.test(name)) return [];
  const found = choicesFor({ state, me, query: name, locale, open: null, people, rooms });
  return [
    ...found.own.slice(0, MOST.own),
    ...found.people.slice(0, MOST.people),
    ...found.rooms.slice(0, MOST.rooms),
  ].map((choice) => ({ key: choice.key, kind: 'choice', choice }));
}

export function recentOptions(queries: readonly string[]): Option[] {
  return queries.map((query) => ({ key: `recent-${query}`, kind: 'recent', query }));
}

export function offerOptions(offers: readonly Offer[]): Option[] {
  return offers.map((offer) => ({ key: offer.key, kind: 'offer', offer }));
}

/** The hits without what was deleted since, as far as that was heard of. */
export function living(hits: readonly SearchHit[], state: ChatState): readonly SearchHit[] {
  const gone = new Set<string>();
  for (const name of new Set(hits.map(({ message }) => message.room))) {
    const room = state.rooms.get(name);
    for (const { id, deleted_at } of [...(room?.arrived ?? []), ...(room?.timeline?.items ?? [])]) {
      if (deleted_at !== undefined) gone.add(id);
    }
  }
  return gone.size === 0 ? hits : hits.filter(({ message }) => !gone.has(message.id));
}

export function hitOptions(hits: readonly SearchHit[]): Option[] {
  return hits.map((hit) => ({ key: `hit-${hit.message.id}`, kind: 'hit', hit }));
}
