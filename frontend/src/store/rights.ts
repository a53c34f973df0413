// What the person may do, as the server decides it: what they may not is not offered to them.
import type { Room } from '../api/types';
import type { ChatState } from './model';

/** Whether the person may change a public room's title and topic: who made it, and administrators. */
export function mayChange(room: Room, { me }: ChatState): boolean {
  return me !== null && (me.is_admin || room.created_by === me.id);
}
