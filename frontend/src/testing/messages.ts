// Rooms, people and messages for tests, as the server would describe them.
import type { Me, Message, MessagePage, ReadyFrame, RoomSummary, ServerFrame } from '../api/types';
import { applyReady } from '../store/apply';
import { EMPTY, type ChatState, type RoomState } from '../store/model';

export const MIRA: Me = {
  id: 1,
  username: 'mira',
  display_name: 'Mira',
  is_admin: false,
  hide_last_seen: false,
  hide_receipts: false,
  created_at: '2026-11-22T10:00:00.000Z',
};

export const RAHUL = { id: 2, username: 'rahul', display_name: 'Rahul' };

/** A message by Rahul, unless it says otherwise. */
export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `id-${seq}`,
    room: 'general',
    seq,
    changed_seq: seq,
    client_id: `client-${seq}`,
    sender: RAHUL,
    text: `number ${seq}`,
    links: [],
    mentions: [],
    images: [],
    files: [],
    created_at: '2026-11-22T10:00:00.000Z',
    ...more,
  };
}

/** The messages from one number to another, both of them. */
export function messages(from: number, to: number): Message[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => message(from + at));
}

export function mine(seq: number, more: Partial<Message> = {}): Message {
  return message(seq, { sender: MIRA, ...more });
}

export function edited(seq: number, changed_seq: number, text = `edited ${seq}`): Message {
  return message(seq, { changed_seq, text, edited_at: '2026-11-22T10:05:00.000Z' });
}

export function tombstone(seq: number, changed_seq: number): Message {
  const { text: _, ...rest } = message(seq, { changed_seq });
  return { ...rest, deleted_at: '2026-11-22T10:06:00.000Z' };
}

export function created(...all: Message[]): ServerFrame[] {
  return all.map((it) => ({ type: 'message.created', room: it.room, seq: it.seq, message: it }));
}

export function updated(it: Message): ServerFrame {
  return { type: 'message.updated', room: it.room, seq: it.changed_seq, message: it };
}

export function deleted(it: Message): ServerFrame {
  return { type: 'message.deleted', room: it.room, seq: it.changed_seq, message: it };
}

export function sync(
  all: Message[],
  last_seq: number,
  { more = false, reset = false, room = 'general' } = {},
): ServerFrame {
  return { type: 'sync', room, messages: all, last_seq, more, reset };
}

/** A page that knows of changes up to `last_seq`. */
export function page(
  items: Message[],
  last_seq: number,
  more: Partial<MessagePage> = {},
): MessagePage {
  return { items, has_before: (items[0]?.seq ?? 1) > 1, has_after: false, last_seq, ...more };
}

export function summary(more: Partial<RoomSummary> = {}): RoomSummary {
  return {
    name: 'general',
    kind: 'public',
    title: 'General',
    last_seq: 0,
    read_seq: 0,
    unread: 0,
    mentions: 0,
    preferences: { pinned: false, notifications: 'mentions', marked_unread: false },
    ...more,
  };
}

export function ready(...rooms: RoomSummary[]): ReadyFrame {
  return {
    type: 'ready',
    user: MIRA,
    session_id: 'session',
    epoch: 'epoch-1',
    token_expires_at: '2026-11-22T11:00:00.000Z',
    limits: {
      max_frame_bytes: 131_072,
      max_media_frame_bytes: 3_145_728,
      max_in_flight: 64,
      max_resume_changes: 500,
      max_text_chars: 8_000,
      ping_ms: 25_000,
      silence_ms: 60_000,
      typing_ttl_ms: 6_000,
    },
    rooms,
  };
}

/** Mira, just signed in, with one room. */
export function entered(more: Partial<RoomSummary> = {}): ChatState {
  return applyReady(EMPTY, ready(summary(more)));
}

/** The room `general`, which must be there. */
export function general(state: ChatState): RoomState {
  const room = state.rooms.get('general');
  if (!room) throw new Error('There is no room.');
  return room;
}

/** The numbers of what is loaded of the room `general`. */
export function loaded(state: ChatState): number[] {
  return (general(state).timeline?.items ?? []).map((it) => it.seq);
}

/** The texts of what is loaded. */
export function texts(state: ChatState): (string | undefined)[] {
  return (general(state).timeline?.items ?? []).map((it) => it.text);
}

/** The numbers from one to another, both of them. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

/** Numbers that look random and are the same in each run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
