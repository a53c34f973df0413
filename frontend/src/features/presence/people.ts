// The names of people in a room, from wherever they are known; who is unknown is asked for.
import type { Api } from '../../api/client';
import type { ChatStore } from '../../store/chat.svelte';
import { applyPeople } from '../../store/apply';
import type { ChatState, RoomState } from '../../store/model';

/** Somebody's name; `undefined` where nobody has said it yet. */
export function nameOf(state: ChatState, room: RoomState, id: number): string | undefined {
  return (
    state.people.get(id)?.display_name ??
    room.timeline?.items.findLast((message) => message.sender.id === id)?.sender.display_name
  );
}

const asked = new WeakMap<ChatStore, Set<number>>();

/** Learns a name, once. It is shown when it is there; without an answer nothing is. */
export async function learn(store: ChatStore, api: Api, id: number): Promise<void> {
  const known = asked.get(store) ?? new Set();
  asked.set(store, known);
  if (known.has(id)) return;
  known.add(id);
  try {
    const user = await api.call('get', '/users/{user_id}', { path: { user_id: id } });
    store.state = applyPeople(store.state, [user]);
  } catch {
    // Asked again the next time that it is wanted.
    known.delete(id);
  }
}
