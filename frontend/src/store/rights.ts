// What the person may do, as the server decides it: what they may not is not offered to them.
import type { Room } from '../api/types';
import type { ChatState } from './model';

/** In a public room of so many members everybody of them may call all others at once. */
const MOST_CALLED = 100;

/** Whether what the person writes there calls everybody at once: in a large room that is for whoever may change it. */
export function mayCallEverybody(room: Room, state: ChatState): boolean {
  return room.kind === 'public' && (room.member_count <= MOST_CALLED || mayChange(room, state));
}

/** Whether the person may change a public room's title and topic: who made it, and administrators. */
export function mayChange(room: Room, { me }: ChatState): boolean {
  return me !== null && (me.is_admin || room.created_by === me.id);
}
