// What the directory says of people, put where everything else about them stands: pure.
import type { User } from '../api/types';
import { applyPeople } from './apply';
import type { ChatState } from './model';

/** People as they were found: their names, and who is online or was seen when. */
export function applyUsers(state: ChatState, users: readonly User[]): ChatState {
  const online = new Set(state.online);
  const lastSeen = new Map(state.lastSeen);
  for (const { id, online: isOnline, last_seen_at } of users) {
    if (isOnline) online.add(id);
    else online.delete(id);
    if (last_seen_at !== undefined) lastSeen.set(id, last_seen_at);
    else if (!isOnline) lastSeen.delete(id);
  }
  return { ...applyPeople(state, users), online, lastSeen };
}
