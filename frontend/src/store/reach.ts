// How far others have got in a room, and so one's own messages: pure.
import type { Message, RoomSummary } from '../api/types';
import type { Reach, RoomState } from './model';

/** Stored; come to a device of the other person; read by them, or by somebody of a public room. */
export type Tick = 'sent' | 'delivered' | 'read' | 'read-by-some';

/** The tick of a message that the server has. */
export function tickOf(
  { seq }: Pick<Message, 'seq'>,
  kind: RoomSummary['kind'],
  others: Reach,
): Tick {
  if (seq <= others.read) return kind === 'private' ? 'read' : 'read-by-some';
  return kind === 'private' && seq <= others.delivered ? 'delivered' : 'sent';
}

/** How far the other person has got, as the list of rooms says it. */
export function ofPeer({ peer_mark }: RoomSummary): Reach {
  return { delivered: peer_mark?.delivered_seq ?? 0, read: peer_mark?.read_seq ?? 0 };
}

/** Marks never move back. The same object where nothing moved. */
export function further(known: Reach, news: Reach): Reach {
  const read = Math.max(known.read, news.read);
  const delivered = Math.max(known.delivered, news.delivered, read);
  return read === known.read && delivered === known.delivered ? known : { delivered, read };
}

/** Somebody else has got so far. */
export function reachedBy(
  room: RoomState,
  mark: { delivered_seq?: number | undefined; read_seq: number },
): RoomState {
  const { delivered_seq = mark.read_seq, read_seq } = mark;
  const others = further(room.others, { delivered: delivered_seq, read: read_seq });
  return others === room.others ? room : { ...room, others };
}
