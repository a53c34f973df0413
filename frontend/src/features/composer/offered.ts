// Whom somebody may be about to mention, the likeliest first: pure.
import type { UserRef } from '../../api/types';
import { byName } from '../../lib/order';
import type { ChatState, RoomState } from '../../store/model';
import { shownName } from '../../store/names';
import { latest } from '../rooms/list';
import { fit } from '../switcher/rank';

/** So many are offered. */
export const MOST_OFFERED = 8;
/** Everybody in the room, as the server knows them. */
export const EVERYBODY = 'room';

export type Offered = { kind: 'person'; person: UserRef } | { kind: 'everybody' };

interface Given {
  state: ChatState;
  room: RoomState;
  me: number;
  locale: string;
  query: string;
  /** Of this room, as far as they are known. */
  members: readonly UserRef[];
  /** Whom the server found by this query, or by the one before it. */
  found: readonly UserRef[];
  /** Other words for everybody. */
  everybody: readonly string[];
  /** Whether everybody can be called here by this person. */
  mayCall: boolean;
}

/** What is known of somebody who may be meant. */
interface Candidate {
  person: UserRef;
  /** In this room 0, in another conversation with them 1, elsewhere 2. */
  distance: number;
  /** When they were last heard here, or talked with. */
  at: number;
}

export function offered(given: Given): Offered[] {
  const { room, query } = given;
  const { peer } = room.summary;
  const people = ranked(peer ? [{ person: peer, distance: 0, at: 0 }] : candidates(given), given);
  const offers = people.map((person): Offered => ({ kind: 'person', person }));
  if (peer || !meansEverybody(given)) return offers.slice(0, MOST_OFFERED);
  const everybody: Offered = { kind: 'everybody' };
  // A whole word means what it says; what is only begun means somebody sooner than everybody.
  return query === EVERYBODY
    ? [everybody, ...offers.slice(0, MOST_OFFERED - 1)]
    : [...offers.slice(0, MOST_OFFERED - 1), everybody];
}

/** Whether what is typed is a handle as it stands. */
export function isWhole(offer: Offered, query: string): boolean {
  const handle = offer.kind === 'person' ? offer.person.username : EVERYBODY;
  return query.toLowerCase() === handle;
}

function candidates({ state, room, members, found }: Given): Candidate[] {
  const all = new Map<number, Candidate>();
  const add = (person: UserRef, distance: number, at = 0) => {
    const known = all.get(person.id);
    all.set(person.id, {
      person: known?.person ?? person,
      distance: Math.min(distance, known?.distance ?? distance),
      at: Math.max(at, known?.at ?? 0),
    });
  };
  const { last_message } = room.summary;
  const said = [...(room.timeline?.items ?? []), ...(last_message ? [last_message] : [])];
  for (const { sender, created_at } of said) add(sender, 0, Date.parse(created_at));
  for (const member of members) add(member, 0);
  for (const other of state.rooms.values()) {
    if (other.summary.peer) add(other.summary.peer, 1, latest(other));
  }
  for (const person of found) add(person, 2);
  return [...all.values()];
}

function ranked(all: readonly Candidate[], { state, me, locale, query }: Given): UserRef[] {
  const compare = byName(locale);
  // Whoever types a-z means a handle or how a name begins; a name of another script may have no blanks in it.
  const loosest = /^[ -~]*$/.test(query) ? 2 : 3;
  return (
    all
      .filter(({ person }) => person.id > 0)
      .map((one) => {
        const known = state.people.get(one.person.id) ?? one.person;
        const { username } = known;
        const isExact = username === query.toLowerCase();
        const fits = query === '' ? 1 : fit([username, shownName(known)], query);
        return { ...one, person: known, isExact, fits: fits ?? Infinity };
      })
      // Nobody means themselves, unless they write their whole handle.
      .filter(({ person, isExact }) => person.id !== me || isExact)
      .filter(({ fits, distance }) => (query === '' ? distance === 0 : fits <= loosest))
      .sort(
        (a, b) =>
          Number(b.isExact) - Number(a.isExact) ||
          Number(a.fits > 2) - Number(b.fits > 2) ||
          a.distance - b.distance ||
          a.fits - b.fits ||
          b.at - a.at ||
          Number(state.online.has(b.person.id)) - Number(state.online.has(a.person.id)) ||
          compare(shownName(a.person), shownName(b.person)),
      )
      .map(({ person }) => person)
  );
}

function meansEverybody({ mayCall, query, everybody }: Given): boolean {
  if (!mayCall) return false;
  const isBegun = (word: string) => fit([word], query) === 0 || fit([word], query) === 1;
  return query === '' || isBegun(EVERYBODY) || (query.length > 1 && everybody.some(isBegun));
}
