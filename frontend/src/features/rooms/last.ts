// Which room somebody had open last in this browser: where they go on.
import { local } from '../../lib/local';

const key = (person: number) => `adda.last-room.${person}`;

export function rememberRoom(person: number, room: string): void {
  local.setItem(key(person), room);
}

/** The room to show first: the last one, else the room of everybody, else the first. */
export function firstRoom(person: number, rooms: ReadonlySet<string>): string | null {
  const said = [local.getItem(key(person)), 'general', ...rooms];
  return said.find((room) => room !== null && rooms.has(room)) ?? null;
}
