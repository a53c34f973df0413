// People: what the directory says of them, put where everything else about them stands. Pure.
import type { Member, User } from '../api/types';
import { applyPeople } from './apply';
import type { ChatState, Presence } from './model';

/**
 * People as they were found: their names, and who is online or was seen when. Of those with whom there
 * is a conversation the socket says each coming and going, and may have said more since.
 */
export function applyUsers(state: ChatState, users: readonly User[]): ChatState {
  const told = new Set([...state.rooms.values()].map(({ summary }) => summary.peer?.id));
  const online = new Set(state.online);
  const lastSeen = new Map(state.lastSeen);
  for (const { id, online: isOnline, last_seen_at } of users) {
    // Nothing is said of somebody who keeps it to themselves, and what was known is forgotten.
    if (last_seen_at === undefined && !isOnline) lastSeen.delete(id);
    else if (last_seen_at !== undefined && last_seen_at > (lastSeen.get(id) ?? '')) {
      lastSeen.set(id, last_seen_at);
    }
    if (told.has(id)) continue;
    if (isOnline) online.add(id);
    else online.delete(id);
  }
  return { ...applyPeople(state, users), online, lastSeen };
}

/** Whether a member of a room is there. In large rooms the server says how many are, and not who. */
export function isHere({ id, online }: Member, presence: Presence | null): boolean {
  const isNamed = presence !== null && presence.online.size > 0;
  return isNamed ? presence.online.has(id) : online;
}
