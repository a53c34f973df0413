// Of how much of a room one hears. What that was before the room was muted is kept in this browser, so that it is the
// same again afterwards; where it was muted elsewhere, it is what is usual.
import type { RoomSummary } from '../../api/types';
import { local, type LocalStorage } from '../../lib/local';
import { isMuted, preferencesOf } from '../../store/attention';
import type { Chat } from '../context';

type Level = RoomSummary['preferences']['notifications'];
type Heard = Pick<RoomSummary, 'name' | 'kind' | 'preferences'>;

const key = (person: number) => `adda.level.${person}`;

/** By room. */
function before(person: number, storage: LocalStorage): URLSearchParams {
  return new URLSearchParams(storage.getItem(key(person)) ?? '');
}

export async function hear(
  { me, membership }: Pick<Chat, 'me' | 'membership'>,
  { name, preferences }: Heard,
  notifications: Level,
  storage: LocalStorage = local,
): Promise<void> {
  const levels = before(me.id, storage);
  if (notifications !== 'nothing') levels.delete(name);
  else if (!isMuted({ preferences })) levels.set(name, preferences.notifications);
  storage.setItem(key(me.id), levels.toString());
  await membership.prefer(name, { notifications });
}

/** Mutes it, or takes that back. */
export function toggleMuted(
  chat: Pick<Chat, 'me' | 'membership'>,
  room: Heard,
  storage: LocalStorage = local,
): Promise<void> {
  if (!isMuted(room)) return hear(chat, room, 'nothing', storage);
  const level = before(chat.me.id, storage).get(room.name);
  const isOne = level === 'all' || level === 'mentions';
  return hear(chat, room, isOne ? level : preferencesOf(room.kind).notifications, storage);
}
