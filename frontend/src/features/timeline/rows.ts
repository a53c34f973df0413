// What stands under each other in a conversation: pure, from the messages and what is on its way.
import type { Message } from '../../api/types';
import type { Outgoing } from '../../offline/db';
import type { Timeline } from '../../store/model';

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000;

/** One row. Its key is its own for life, so that what is measured and focused stays. */
export type Row =
  | { kind: 'beginning'; key: string }
  | { kind: 'older'; key: string }
  | { kind: 'newer'; key: string }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; opensGroup: boolean; isOwn: boolean }
  | { kind: 'outgoing'; key: string; entry: Outgoing; opensGroup: boolean };

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
  rows.push(
    timeline.hasBefore ? { kind: 'older', key: 'older' } : { kind: 'beginning', key: 'beginning' },
  );
  let day = NaN;
  let previous: { sender: number; at: number } | null = null;
  let owesDivider = unreadFrom !== null;
  const open = (at: number): void => {
    const itsDay = dayOf(at);
    if (itsDay === day) return;
    day = itsDay;
    previous = null;
    rows.push({ kind: 'day', key: `day ${itsDay}`, at });
  };
  const opensGroup = (sender: number, at: number): boolean => {
    const opens = previous?.sender !== sender || at - previous.at > TOGETHER_MS;
    previous = { sender, at };
    return opens;
  };
  for (const message of timeline.items) {
    const at = Date.parse(message.created_at);
    open(at);
    if (owesDivider && message.seq >= (unreadFrom ?? 0) && message.sender.id !== me) {
      owesDivider = false;
      previous = null;
      rows.push({ kind: 'unread', key: 'unread' });
    }
    const sender = message.sender.id;
    rows.push({
      kind: 'message',
      key: message.client_id,
      message,
      opensGroup: opensGroup(sender, at),
      isOwn: sender === me,
    });
  }
  if (timeline.hasAfter) {
    rows.push({ kind: 'newer', key: 'newer' });
    return rows;
  }
  const known = new Set(timeline.items.slice(-200).map((message) => message.client_id));
  for (const entry of outgoing) {
    if (known.has(entry.clientId)) continue;
    open(entry.at);
    rows.push({
      kind: 'outgoing',
      key: entry.clientId,
      entry,
      opensGroup: opensGroup(me, entry.at),
    });
  }
  return rows;
}

/** The number of a moment's day where the person is. */
function dayOf(at: number): number {
  return Math.floor((at - new Date(at).getTimezoneOffset() * 60_000) / 86_400_000);
}

/** A text cut at its links. Offsets count Unicode scalar values, not the halves of a string. */
export interface Piece {
  text: string;
  url?: string;
}

export function pieces(message: Message): Piece[] {
  const text = message.text ?? '';
  if (message.links.length === 0) return [{ text }];
  const characters = [...text];
  const cut: Piece[] = [];
  let from = 0;
  for (const link of message.links) {
    if (link.start > from) cut.push({ text: characters.slice(from, link.start).join('') });
    cut.push({ text: characters.slice(link.start, link.end).join(''), url: link.url });
    from = link.end;
  }
  if (from < characters.length) cut.push({ text: characters.slice(from).join('') });
  return cut;
}

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2})/u;

/** Whether a message is nothing but up to three emoji: then they are shown large. */
export function isLoneEmoji(text: string | undefined): boolean {
  if (text === undefined || text.length > 60) return false;
  let count = 0;
  for (const { segment } of segments.segment(text)) {
    if (segment.trim() === '') continue;
    if (!EMOJI.test(segment)) return false;
    count += 1;
  }
  return count >= 1 && count <= 3;
}
