// Which room somebody had open last in this browser: where they go on.
import { local, type LocalStorage } from '../../lib/local';
import type { RoomState } from '../../store/model';

const key = (person: number) => `adda.last-room.${person}`;

export function rememberRoom(person: number, room: string, storage: LocalStorage = local): void {
  storage.setItem(key(person), room);
}

/**
 * Of the rooms as the list has them the one to show first: the one that was open last, else the first public one,
 * where something goes on. A conversation of two is opened by the person alone: the other one is told that it was read.
 */
export function firstRoom(
  person: number,
  rooms: readonly RoomState[],
  storage: LocalStorage = local,
): string | null {
  const last = storage.getItem(key(person));
  const room =
    rooms.find(({ summary }) => summary.name === last) ??
    rooms.find(({ summary }) => summary.kind === 'public') ??
    rooms[0];
  return room?.summary.name ?? null;
}
