// A room after changes of its messages: pure.
//
// Numbers: a room's changes are numbered without holes. A live frame that is not the next one is
// either known already and ignored, or shows a gap: it is not applied, and the room is marked to be
// asked for again, so that nothing is ever missing in between. What is unread: unread.ts.
import type { Me, Message, ServerFrame } from '../api/types';
import type { RoomState } from './model';
import { merge } from './timeline';
import { counted, withLast } from './unread';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
/** Something became of a message. */
export type Change = Frame<'message.created' | 'message.updated' | 'message.deleted'>;

/** So many of the latest changes are kept for pages of the history that are older than they are. */
export const MOST_ARRIVED = 200;

/** The room after changes that came live, up to the first gap among them. */
export function changed(known: RoomState, frames: readonly Change[], me: Me | null): RoomState {
  let { cursor, hasGap, summary } = known;
  const news: Message[] = [];
  for (const frame of frames) {
    if (frame.seq <= cursor) continue;
    if (frame.seq > cursor + 1) {
      hasGap = true;
      break;
    }
    cursor = frame.seq;
    const before =
      frame.type === 'message.created' ? undefined : knownAs(known, news, frame.message);
    news.push(frame.message);
    summary = counted(summary, frame.message, me, before);
    summary = { ...summary, last_seq: Math.max(summary.last_seq, frame.seq) };
  }
  if (news.length === 0) return hasGap === known.hasGap ? known : { ...known, hasGap };
  return { ...withNews(known, news), summary, cursor, hasGap };
}

/** A message as it was known before this change, if it was. */
function knownAs(room: RoomState, news: readonly Message[], { id }: Message): Message | undefined {
  const isIt = (message: Message) => message.id === id;
  return news.findLast(isIt) ?? room.timeline?.items.find(isIt) ?? room.arrived.findLast(isIt);
}

/** Puts messages where the room keeps them, and takes their authors off the typing line. */
function withNews(room: RoomState, news: readonly Message[]): RoomState {
  const authors = new Set(news.map((message) => message.sender.id));
  const typing = room.typing.filter((typist) => !authors.has(typist.userId));
  return {
    ...room,
    typing: typing.length === room.typing.length ? room.typing : typing,
    timeline: room.timeline && merge(room.timeline, news),
    ...withArrived(room, news),
  };
}

/** The latest changes with these: as many as a page of the history may be older than. */
function withArrived(
  room: RoomState,
  news: readonly Message[],
): Pick<RoomState, 'arrived' | 'arrivedAfter'> {
  const all = [...room.arrived, ...news];
  const dropped = all.slice(0, -MOST_ARRIVED);
  return {
    arrived: all.slice(-MOST_ARRIVED),
    arrivedAfter: dropped.reduce((most, m) => Math.max(most, m.changed_seq), room.arrivedAfter),
  };
}

/** The room after what was asked for when it had a gap. */
export function synced(room: RoomState, frame: Frame<'sync'>, me: Me | null): RoomState {
  if (frame.reset) {
    const bySeq = [...frame.messages].sort((a, b) => a.seq - b.seq);
    const hasBefore = (bySeq[0]?.seq ?? 1) > 1;
    const last = bySeq.at(-1);
    return {
      ...room,
      summary: last ? withLast(room.summary, last) : room.summary,
      cursor: frame.last_seq,
      hasGap: false,
      timeline: room.timeline && { items: bySeq, hasBefore, hasAfter: false },
      arrived: [],
      arrivedAfter: frame.last_seq,
    };
  }
  const newest = frame.messages.reduce((most, m) => Math.max(most, m.changed_seq), room.cursor);
  const cursor = frame.more ? newest : Math.max(newest, frame.last_seq);
  const summary = frame.messages.reduce((sum, m) => counted(sum, m, me), room.summary);
  // Until the last page came, an older message with a late change may be one that was not counted.
  const last_seq = frame.more ? summary.last_seq : Math.max(summary.last_seq, cursor);
  return {
    ...withNews(room, frame.messages),
    summary: { ...summary, last_seq },
    cursor,
    hasGap: frame.more && room.hasGap,
  };
}
