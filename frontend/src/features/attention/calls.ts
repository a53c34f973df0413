// Which of what arrives calls for the person's attention: pure.
import type { Me, Message } from '../../api/types';
import type { RoomState } from '../../store/model';
import { mentionsMe } from '../../store/unread';

/**
 * The latest message after a number that calls for the person, by what they chose for its room: all of
 * others, those that mention them, or none. What they have read already, here or elsewhere, calls nobody.
 */
export function callOf(
  { summary, arrived }: RoomState,
  after: number,
  me: Me | null,
): Message | null {
  const { notifications } = summary.preferences;
  if (notifications === 'nothing') return null;
  const calls = (message: Message) =>
    message.seq > Math.max(after, summary.read_seq) &&
    message.sender.id !== me?.id &&
    message.deleted_at === undefined &&
    (notifications === 'all' || mentionsMe(message, me));
  // What was changed since it came is there twice, as it is now behind as it was.
  const told = new Set<number>();
  for (let at = arrived.length - 1; at >= 0; at -= 1) {
    const message = arrived[at] as Message;
    if (!told.has(message.seq) && calls(message)) return message;
    told.add(message.seq);
  }
  // Of a room that is new here the list alone knows its latest message.
  const { last_message: last } = summary;
  return last && !told.has(last.seq) && calls(last) ? last : null;
}

/** The number of the newest message of a room that has arrived. */
export function newestOf({ summary, cursor }: RoomState): number {
  return Math.max(cursor, summary.last_message?.seq ?? 0);
}
