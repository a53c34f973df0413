// How people are called where they are shown, and who of them looks the same to the eye. Pure.
import type { RoomSummary, UserRef } from '../api/types';
import { unforced } from '../lib/bidi';
import { isSeen, lookOf } from '../lib/look';
import type { ChatState } from './model';

/** Somebody, as they were called somewhere. */
export type Named = Pick<UserRef, 'id' | 'username' | 'display_name'>;

/** What nobody is called but the app itself, which writes the welcome … */
const OURS: readonly string[] = ['Adda', 'আড্ডা'].map(lookOf);
/** … by a handle that nobody else can have. */
const OUR_HANDLE = 'adda';

/** Whom somebody knows, of what the app knows. */
export type Acquainted = Pick<ChatState, 'me' | 'met' | 'people'>;

/** What of a name is enough where there is little room. */
type Brief = (name: string) => string;

/** Somebody's name, or their handle where the name shows nothing or is the one of the app. */
export function shownName({ username, display_name }: Omit<Named, 'id'>): string {
  const name = unforced(display_name);
  const isOurs = username !== OUR_HANDLE && OURS.includes(lookOf(name));
  return isSeen(name) && !isOurs ? name : username;
}

/** How somebody is called, by the name that is known last. */
export function calledNow(
  { people, me }: Pick<Acquainted, 'people' | 'me'>,
  person: Named,
): string {
  return shownName((person.id === me?.id ? me : people.get(person.id)) ?? person);
}

/** The name of somebody who is known here. */
export function knownName(who: Acquainted, id: number, brief?: Brief): string | undefined {
  const { me, met, people } = who;
  const person = id === me?.id ? me : (people.get(id) ?? met.get(id));
  return person && calledApart(who, person, brief);
}

/** How somebody is called wherever their handle does not stand beside it: with it where somebody else looks the same. */
export function calledApart(who: Acquainted, person: Named, brief?: Brief): string {
  const called = calledNow(who, person);
  const name = brief?.(called) ?? called;
  return hasDouble(who, person) ? `${name} (@${person.username})` : name;
}

/** A room's own title, that can be seen and turns nothing; or else its address. */
export function shownTitle({ name, title }: Pick<RoomSummary, 'name' | 'title'>): string {
  const own = unforced(title);
  return isSeen(own) ? own : name;
}

/** What a room is called: a private one as the other person is. */
export function titleOf(
  who: Acquainted,
  room: Pick<RoomSummary, 'name' | 'title' | 'peer'>,
): string {
  return room.peer ? calledApart(who, room.peer) : shownTitle(room);
}

/** Whether somebody else who is known here looks the same. */
export function hasDouble(who: Acquainted, person: Named): boolean {
  const { me, met, people } = who;
  const look = lookOf(calledNow(who, person));
  const isLike = (id: number, other: Omit<Named, 'id'>) =>
    id !== person.id && lookOf(shownName(other)) === look;
  if (me !== null && isLike(me.id, me)) return true;
  const others = [...(looksOf(people).get(look) ?? []), ...(looksOf(met).get(look) ?? [])];
  // Whoever was called so when they wrote may be called otherwise now.
  return others.some((id) => {
    const other = people.get(id) ?? met.get(id);
    return other !== undefined && isLike(id, other);
  });
}

/** Who looks how, of people who are known: made once for each time that somebody is learnt. */
const looks = new WeakMap<ReadonlyMap<number, Named>, ReadonlyMap<string, readonly number[]>>();

function looksOf(people: ReadonlyMap<number, Named>): ReadonlyMap<string, readonly number[]> {
  const known = looks.get(people);
  if (known !== undefined) return known;
  const all = new Map<string, number[]>();
  for (const person of people.values()) {
    const look = lookOf(shownName(person));
    const alike = all.get(look);
    if (alike) alike.push(person.id);
    else all.set(look, [person.id]);
  }
  looks.set(people, all);
  return all;
}

/** Who wrote messages. */
export function senders(messages: readonly { sender: Named }[]): Named[] {
  return messages.map(({ sender }) => sender);
}

/** People as they were called by what they wrote, or by a room of theirs. */
export function meeting(state: ChatState, refs: Iterable<Named | undefined>): ChatState {
  let met: Map<number, Named> | undefined;
  for (const ref of refs) {
    if (!ref || (met ?? state.met).get(ref.id)?.display_name === ref.display_name) continue;
    met ??= new Map(state.met);
    met.set(ref.id, ref);
  }
  return met ? { ...state, met } : state;
}
