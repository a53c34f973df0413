// From room to room by keys, in the order of the list: pure.
import { isCalling } from '../../store/attention';
import type { RoomState } from '../../store/model';
import type { Step } from './keys';

/**
 * The room that a step leads to; none where there is none in that direction. Of what is unread the walk goes round:
 * there is always a next one until all is read.
 */
export function roomAfter(
  list: readonly RoomState[],
  open: string | null,
  { by, isUnread }: Step,
): RoomState | undefined {
  const at = list.findIndex(({ summary }) => summary.name === open);
  if (!isUnread) return at < 0 ? list[0] : list[at + by];
  const from = at < 0 ? [...list] : [...list.slice(at + 1), ...list.slice(0, at)];
  const unread = from.filter(isCalling);
  return by > 0 ? unread[0] : unread.at(-1);
}
