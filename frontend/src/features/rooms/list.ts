// The list of one's rooms as it is shown: pure.
import type { Message } from '../../api/types';
import type { ChatState, RoomState } from '../../store/model';
import { calledApart } from '../../store/names';

/** The two sections of the sidebar, each by its latest message. */
export function sections(all: Iterable<RoomState>): Record<'rooms' | 'conversations', RoomState[]> {
  const sorted = byActivity(all);
  return {
    rooms: sorted.filter(({ summary }) => summary.kind === 'public'),
    conversations: sorted.filter(({ summary }) => summary.kind === 'private'),
  };
}

/** Whether what is unread there is for the person: said to them alone, or naming them. */
export function isUrgent({ summary }: RoomState): boolean {
  return summary.unread > 0 && (summary.kind === 'private' || summary.mentions > 0);
}

/** Where something is unread, what is urgent first. */
export function unreadOf(rooms: Iterable<RoomState>): RoomState[] {
  const unread = byActivity(rooms).filter(({ summary }) => summary.unread > 0);
  return [...unread.filter(isUrgent), ...unread.filter((room) => !isUrgent(room))];
}

/**
 * The rooms, the one where something happened last first. That one came to it is something too: a
 * room that was just made or joined is where one looks for it.
 */
export function byActivity(rooms: Iterable<RoomState>): RoomState[] {
  return [...rooms].sort(
    (a, b) => latest(b) - latest(a) || compare(a.summary.title, b.summary.title),
  );
}

/** Room 9 stands before room 10. */
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** When something happened in a room last; 0 where nobody has said anything. */
export function latest({ summary, addedAt }: RoomState): number {
  const said = (summary.last_message && Date.parse(summary.last_message.created_at)) || 0;
  return Math.max(said, addedAt);
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
export function senderName({ sender }: Message, state: ChatState): string {
  return calledApart(state, sender);
}
