// The list of one's rooms as it is shown: pure.
import type { Message } from '../../api/types';
import type { ChatState, RoomState } from '../../store/model';

/** The rooms, the one where something happened last first. */
export function byActivity(rooms: Iterable<RoomState>): RoomState[] {
  return [...rooms].sort(
    (a, b) => latest(b) - latest(a) || a.summary.title.localeCompare(b.summary.title),
  );
}

function latest({ summary }: RoomState): number {
  return summary.last_message ? Date.parse(summary.last_message.created_at) : 0;
}

/** Whether the rooms are known, but none of their latest messages yet. */
export function isAwaitingMessages({ rooms }: ChatState): boolean {
  const summaries = [...rooms.values()].map((room) => room.summary);
  return (
    summaries.some((summary) => summary.last_seq > 0) &&
    summaries.every((summary) => summary.last_message === undefined)
  );
}

/** Who said the latest, by the name that is known last. */
export function senderName(message: Message, { people }: ChatState): string {
  return people.get(message.sender.id)?.display_name ?? message.sender.display_name;
}
