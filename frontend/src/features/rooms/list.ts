// The list of one's rooms as it is shown: pure.
import type { Outgoing } from '../../offline/outgoing';
import { isCalling, isUrgent } from '../../store/attention';
import type { ChatState, RoomState } from '../../store/model';
import { shownTitle } from '../../store/names';
import type { Filter } from '../../store/preferences.svelte';

/**
 * The rooms in the order of the list: what is pinned, and then where something happened last. That one
 * came to it is something too: a room that was just made or joined is where one looks for it.
 */
export function byActivity(
  rooms: Iterable<RoomState>,
  outgoing: readonly Pick<Outgoing, 'room' | 'at'>[] = [],
): RoomState[] {
  // What waits to be sent stands where it will: the latest of a room comes last.
  const waiting = new Map(outgoing.map(({ room, at }) => [room, at]));
  return Array.from(rooms, (room) => {
    const { summary } = room;
    const at = Math.max(latest(room), waiting.get(summary.name) ?? 0);
    return { room, at, pinned: Number(summary.preferences.pinned), title: shownTitle(summary) };
  })
    .sort((a, b) => b.pinned - a.pinned || b.at - a.at || compare(a.title, b.title))
    .map(({ room }) => room);
}

/** Room 9 stands before room 10. */
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** When something happened in a room last; 0 where nobody has said anything. */
export function latest({ summary, addedAt }: RoomState): number {
  const said = (summary.last_message && Date.parse(summary.last_message.created_at)) || 0;
  return Math.max(said, addedAt);
}

const SHOWS: Record<Filter, (room: RoomState) => boolean> = {
  all: () => true,
  unread: isCalling,
  people: ({ summary }) => summary.kind === 'private',
  rooms: ({ summary }) => summary.kind === 'public',
};

/** What a filter shows of the rooms, in their order. One that is `kept` stays while it is read. */
export function filtered(
  rooms: readonly RoomState[],
  filter: Filter,
  kept: string | null = null,
): readonly RoomState[] {
  if (filter === 'all') return rooms;
  return rooms.filter((room) => SHOWS[filter](room) || room.summary.name === kept);
}

/** In how many of the rooms that a filter shows something calls for the person, and whether for them alone. */
export interface Tally {
  count: number;
  isUrgent: boolean;
}

export function tallies(rooms: Iterable<RoomState>): Readonly<Record<Filter, Tally>> {
  const calling = [...rooms].filter(isCalling);
  const of = (filter: Filter) => {
    const shown = calling.filter(SHOWS[filter]);
    return { count: shown.length, isUrgent: shown.some(isUrgent) };
  };
  return { all: of('all'), unread: of('unread'), people: of('people'), rooms: of('rooms') };
}

/** Where something calls for the person, what is urgent first. */
export function unreadOf(rooms: Iterable<RoomState>): RoomState[] {
  const calling = byActivity(rooms).filter(isCalling);
  return [...calling.filter(isUrgent), ...calling.filter((room) => !isUrgent(room))];
}

/** Whether the rooms are known, but none of their latest messages yet. */
export function isAwaitingMessages({ rooms }: ChatState): boolean {
  const summaries = [...rooms.values()].map((room) => room.summary);
  return (
    summaries.some((summary) => summary.last_seq > 0) &&
    summaries.every((summary) => summary.last_message === undefined)
  );
}
