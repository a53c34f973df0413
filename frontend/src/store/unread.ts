// What is unread, and what of it mentions the person: pure. The server counts at moments of its own;
// in between every message is counted here, so that all devices of a person say the same.
import type { Me, Message, RoomSummary } from '../api/types';
import type { RoomState } from './model';

/** Unread messages are counted up to here; beyond it one only knows that there are more. */
export const MOST_UNREAD = 100;

/** Whether a count of unread messages stopped: there may be more. */
export function isMany(unread: number): boolean {
  return unread >= MOST_UNREAD;
}

type Counts = Pick<RoomSummary, 'unread' | 'mentions'>;

/** Whether a message that stands names the person or everybody. Nobody mentions themselves. */
export function mentionsMe({ sender, mentions }: Message, me: Me | null): boolean {
  return sender.id !== me?.id && mentions.some((m) => m.everybody || m.user_id === me?.id);
}

/** How many of these messages are unread after a number. */
function countAfter(messages: readonly Message[], seq: number, me: Me | null): Counts {
  const unread = messages.filter(
    (m) => m.seq > seq && m.sender.id !== me?.id && m.deleted_at === undefined,
  );
  const mentions = unread.filter((m) => mentionsMe(m, me));
  return atMost({ unread: unread.length, mentions: mentions.length });
}

/** How many messages of others stand after a number, however many. */
export function newAfter(messages: readonly Message[], seq: number, person: number): number {
  let count = 0;
  // From the end: the history may be long, and what is new is short.
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at] as Message;
    if (message.seq <= seq) break;
    if (message.sender.id !== person && message.deleted_at === undefined) count += 1;
  }
  return count;
}

/** The number from which on messages are unread; `null` where none is. */
export function firstUnread({ summary }: RoomState): number | null {
  return summary.unread > 0 ? summary.read_seq + 1 : null;
}

function atMost({ unread, mentions }: Counts): Counts {
  return {
    unread: Math.min(MOST_UNREAD, Math.max(0, unread)),
    mentions: Math.min(MOST_UNREAD, Math.max(0, mentions)),
  };
}

/**
 * The summary after a message as it is now, and as it was known `before` where it was. Up to
 * `last_seq` the server has counted what is unread, so only what is newer counts here.
 */
export function counted(
  summary: RoomSummary,
  message: Message,
  me: Me | null,
  before?: Message,
): RoomSummary {
  const isOthers = message.sender.id !== me?.id && message.seq > summary.read_seq;
  const last = withLast(summary, message);
  if (!isOthers || message.changed_seq <= summary.last_seq) return last;
  let { unread, mentions } = summary;
  const isNew = message.seq > summary.last_seq;
  const named = (m: Message | undefined) => (m !== undefined && mentionsMe(m, me) ? 1 : 0);
  if (message.deleted_at === undefined) unread += isNew ? 1 : 0;
  // At the most that is counted, one less may be as many as before.
  else if (!isNew && unread < MOST_UNREAD) unread -= 1;
  if (isNew) mentions += named(message);
  else if (before && mentions < MOST_UNREAD) mentions += named(message) - named(before);
  return { ...last, ...atMost({ unread, mentions }) };
}

/** The summary with a message as its last one, if it is. */
export function withLast(summary: RoomSummary, message: Message): RoomSummary {
  const last = summary.last_message;
  const isNewer =
    last === undefined ||
    last.seq < message.seq ||
    (last.seq === message.seq && last.changed_seq <= message.changed_seq);
  return isNewer ? { ...summary, last_message: message } : summary;
}

/** What was read here while there was no connection stays read; the server is told again. */
export function stillRead(known: RoomState, fresh: RoomSummary, me: Me): RoomSummary {
  const { read_seq } = known.summary;
  if (read_seq <= fresh.read_seq) return fresh;
  const preferences = { ...fresh.preferences, marked_unread: false };
  if (read_seq >= fresh.last_seq)
    return { ...fresh, preferences, read_seq, unread: 0, mentions: 0 };
  const read = known.timeline?.items.filter((m) => m.seq <= read_seq) ?? [];
  const seen = countAfter(read, fresh.read_seq, me);
  const unread = fresh.unread - seen.unread;
  const counts = atMost({ unread, mentions: fresh.mentions - seen.mentions });
  return { ...fresh, preferences, read_seq, ...counts };
}

/** The person has read up to a number here; the server's own count follows. */
export function readUpTo(room: RoomState, seq: number, me: Me | null): RoomState {
  if (seq <= room.summary.read_seq) return room;
  const preferences = { ...room.summary.preferences, marked_unread: false };
  const summary = { ...room.summary, preferences, read_seq: seq, ...after(room, seq, me) };
  return { ...room, summary };
}

/** What is unread after a number, as far as can be told here. */
function after(room: RoomState, seq: number, me: Me | null): Counts {
  const { summary, timeline } = room;
  if ((summary.last_message?.seq ?? summary.last_seq) <= seq) return { unread: 0, mentions: 0 };
  const first = timeline?.items[0];
  if (!timeline || timeline.hasAfter || !first || (first.seq > seq + 1 && timeline.hasBefore)) {
    return { unread: summary.unread, mentions: summary.mentions };
  }
  return countAfter(timeline.items, seq, me);
}

/** How the server counted, on whichever device the person read, when the room stood at `last_seq`. */
export interface Mark extends Counts {
  read_seq: number;
  last_seq: number;
}

/** The person's mark and what is unread after it. What has come since it was counted is added. */
export function markedBy(room: RoomState, mark: Mark, me: Me | null): RoomState {
  const { summary } = room;
  // What was read here since is on its way to the server.
  if (mark.read_seq < summary.read_seq) return room;
  const isNew = (m: Message) => m.seq > mark.last_seq;
  const since = room.arrived.filter((m) => m.changed_seq > mark.last_seq);
  const [news, older] = [since.filter(isNew), since.filter((m) => !isNew(m))];
  const more = countAfter(news, mark.read_seq, me);
  const gone = older.filter(
    (m) => m.deleted_at !== undefined && m.seq > mark.read_seq && m.sender.id !== me?.id,
  );
  const counts = atMost({
    unread: mark.unread + more.unread - gone.length,
    mentions: mark.mentions + more.mentions,
  });
  const last_seq = Math.max(summary.last_seq, mark.last_seq);
  return { ...room, summary: { ...summary, read_seq: mark.read_seq, last_seq, ...counts } };
}
