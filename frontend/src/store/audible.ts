// What may no longer be heard: a message that was deleted while it is played, also one that was begun while it was on
// its way, or one of a room that the person is no longer in.
import type { ChatStore } from './chat.svelte';
import { roomOf, type ChatState } from './model';
import { isTake, type Playable, type Player } from './player.svelte';

/** Ends by itself what is lost so, until it is ended. */
export function silenceLost(
  store: Pick<ChatStore, 'state' | 'onChange'>,
  player: Pick<Player, 'current' | 'forget'>,
): () => void {
  let before = store.state;
  return store.onChange(() => {
    const [last, next] = [before, store.state];
    before = next;
    const played = player.current?.played;
    if (played === undefined) return;
    const { room, id } = played;
    // What is read along was never the person's own.
    const isOut = last.rooms.has(room) && !next.rooms.has(room);
    if (isOut || isDeleted(last, next, played)) player.forget(id);
  });
}

function isDeleted(last: ChatState, next: ChatState, played: Playable): boolean {
  const room = roomOf(next, played.room);
  if (!room || room === roomOf(last, played.room)) return false;
  const key = isTake(played) ? 'client_id' : 'id';
  const known = [...room.arrived, ...(room.timeline?.items ?? [])];
  return known.some((message) => message[key] === played.id && message.deleted_at !== undefined);
}
