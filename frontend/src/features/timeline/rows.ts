// What stands under each other in a conversation: pure, from the messages and what is on its way.
import type { Message } from '../../api/types';
import type { Found } from '../../lib/format/parse';
import { graphemes } from '../../lib/graphemes';
import type { Outgoing } from '../../offline/outgoing';
import type { Timeline } from '../../store/model';

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000;

/**
 * One row. Its key is its own for life, so that what is measured and focused stays. No two rows have the
 * same, whatever the clocks say that dated them: a list with a key twice cannot be drawn at all.
 */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; group: string; isOwn: boolean }
  | { kind: 'outgoing'; key: string; entry: Outgoing; group: string };

/** Whether a row is the first of a person's that stand together: the group is called after it. */
export function opensGroup(row: { key: string; group: string }): boolean {
  return row.group === row.key;
}

/** What a row shows: the same for as long as nothing of it changed, also where the rows are made anew. */
export function drawnOf(row: Row): unknown {
  if (row.kind === 'message') return row.message;
  return row.kind === 'outgoing' ? row.entry : row.key;
}

/** What the rows are made from. */
export interface Source {
  timeline: Timeline;
  /** Messages of this room that the server does not have yet. */
  outgoing: readonly Outgoing[];
  me: number;
  /** The first unread message when the person entered: the divider stands above it. */
  unreadFrom: number | null;
}

/** The rows, from the oldest to the newest. */
export function rowsOf({ timeline, outgoing, me, unreadFrom }: Source): Row[] {
  const rows: Row[] = [];
  const keys = new Set<string>();
  const unique = (key: string): string => {
    let free = key;
    for (let count = 2; keys.has(free); count += 1) free = `${key} ${count}`;
    keys.add(free);
    return free;
  };
  // Where a day begins is known once the message before is.
  let day = timeline.hasBefore ? null : NaN;
  let previous: { sender: number; at: number; group: string } | null = null;
  // The same holds for the divider: it stands between what was read and what was not.
  let owesDivider =
    unreadFrom !== null &&
    (!timeline.hasBefore || (timeline.items[0]?.seq ?? Infinity) <= unreadFrom);
  // A day is headed as often as it begins: clocks are put right, and those of two servers differ. So a
  // heading is called after the row that it stands above.
  const open = (at: number, above: string): void => {
    const itsDay = dayOf(at);
    // What no clock can have said belongs to the day that it stands in.
    if (itsDay === day || Number.isNaN(itsDay)) return;
    if (day !== null) {
      previous = null;
      rows.push({ kind: 'day', key: unique(`day ${above}`), at });
    }
    day = itsDay;
  };
  const groupOf = (sender: number, at: number, key: string): string => {
    const opens = previous?.sender !== sender || Math.abs(at - previous.at) > TOGETHER_MS;
    const group = opens || !previous ? key : previous.group;
    previous = { sender, at, group };
    return group;
  };
  const own = new Set<string>();
  for (const message of timeline.items) {
    const at = timeOf(message);
    const sender = message.sender.id;
    // One's own keeps the key that it had on its way; what others chose is not trusted to be unique.
    const key = unique(sender === me ? ownKey(message.client_id) : `message ${message.id}`);
    open(at, key);
    if (owesDivider && message.seq >= (unreadFrom ?? 0) && sender !== me && !message.deleted_at) {
      owesDivider = false;
      previous = null;
      rows.push({ kind: 'unread', key: unique('unread') });
    }
    if (sender === me) own.add(message.client_id);
    rows.push({
      kind: 'message',
      key,
      message,
      group: groupOf(sender, at, key),
      isOwn: sender === me,
    });
  }
  if (timeline.hasAfter) return rows;
  for (const entry of outgoing) {
    if (own.has(entry.clientId)) continue;
    const key = unique(ownKey(entry.clientId));
    open(entry.at, key);
    rows.push({
      kind: 'outgoing',
      key,
      entry,
      group: groupOf(me, entry.at, key),
    });
  }
  return rows;
}

function ownKey(clientId: string): string {
  return `own ${clientId}`;
}

/** Times are read once a message: the rows of a long history are made often. */
const times = new WeakMap<Message, number>();

function timeOf(message: Message): number {
  let at = times.get(message);
  if (at === undefined) times.set(message, (at = Date.parse(message.created_at)));
  return at;
}

/** The number of a moment's day where the person is. */
function dayOf(at: number): number {
  return Math.floor((at - offsetAt(at)) / DAY_MS);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far the clock of the place is from UTC, which changes at most once in an hour. */
const offsets = new Map<number, number>();

function offsetAt(at: number): number {
  const hour = Math.floor(at / HOUR_MS);
  let offset = offsets.get(hour);
  if (offset === undefined) offsets.set(hour, (offset = new Date(at).getTimezoneOffset() * 60_000));
  return offset;
}

/** A text cut at its links and mentions. Offsets count Unicode scalar values, not the halves of a string. */
export type Piece = Found & { text: string };

export function pieces(text: string, found: readonly Found[]): Piece[] {
  if (found.length === 0) return [{ text, start: 0, end: text.length }];
  const characters = [...text];
  const cut: Piece[] = [];
  let from = 0;
  const part = (start: number, end: number, about?: Found) =>
    cut.push({ ...about, text: characters.slice(start, end).join(''), start, end });
  for (const it of [...found].sort((a, b) => a.start - b.start)) {
    // What begins within another is part of it.
    if (it.start < from) continue;
    if (it.start > from) part(from, it.start);
    part(it.start, it.end, it);
    from = it.end;
  }
  if (from < characters.length) part(from, characters.length);
  return cut;
}

const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2})/u;

/** Whether a message is nothing but up to three emoji: then they are shown large. */
export function isLoneEmoji(text: string | undefined): boolean {
  if (text === undefined || text.length > 60) return false;
  let count = 0;
  for (const segment of graphemes(text)) {
    if (segment.trim() === '') continue;
    if (!EMOJI.test(segment)) return false;
    count += 1;
  }
  return count >= 1 && count <= 3;
}
