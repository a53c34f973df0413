// Where somebody was in the list of rooms: on a phone it is gone while a room is open, and is as it was
// when they come back.
import type { Chat } from '../context';

interface ListPlace {
  /** How far it was scrolled, in pixels. */
  top: number;
  /** The room that had the focus last. */
  room: string | null;
}

const places = new WeakMap<Chat, ListPlace>();

export function placeIn(chat: Chat): ListPlace {
  const place = places.get(chat) ?? { top: 0, room: null };
  places.set(chat, place);
  return place;
}
