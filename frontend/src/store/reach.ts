// How far a message of one's own has got: pure.
import type { Message, RoomSummary } from '../api/types';
import type { Reach } from './model';

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
