// The next state from pages of the history: pure. What was read is joined with what came meanwhile.
import type { MessagePage } from '../api/types';
import { inRoom, type ChatState, type RoomState, type Timeline } from './model';
import { meeting, senders } from './names';
import { append, fromPage, merge, prepend } from './timeline';

/** A room's history, asked for when it was opened or when the person jumped. */
export function applyPage(state: ChatState, name: string, page: MessagePage): ChatState {
  return inRoom(meeting(state, senders(page.items)), name, (room) =>
    joined(room, merge(fromPage(page), room.timeline?.items ?? []), page),
  );
}

/** The next older page: of what stood before the message with the number `before`. */
export function applyOlder(
  state: ChatState,
  name: string,
  page: MessagePage,
  before: number,
): ChatState {
  return inRoom(meeting(state, senders(page.items)), name, (room) =>
    // The person may have jumped away meanwhile: then the page belongs to nothing that is here.
    room.timeline?.items[0]?.seq === before
      ? joined(room, prepend(room.timeline, page), page)
      : room,
  );
}

/** The next newer page: of what stands after the message with the number `after`. */
export function applyNewer(
  state: ChatState,
  name: string,
  page: MessagePage,
  after: number,
): ChatState {
  return inRoom(meeting(state, senders(page.items)), name, (room) =>
    room.timeline?.items.at(-1)?.seq === after
      ? joined(room, append(room.timeline, page), page)
      : room,
  );
}

/** Joins what was read with what came meanwhile; what cannot be joined is asked for as a gap. */
function joined(room: RoomState, read: Timeline, page: MessagePage): RoomState {
  const timeline = merge(read, room.arrived);
  const isWhole = page.last_seq >= room.arrivedAfter;
  if (isWhole) return { ...room, timeline };
  return {
    ...room,
    timeline,
    cursor: page.last_seq,
    hasGap: true,
    arrived: [],
    arrivedAfter: page.last_seq,
  };
}
