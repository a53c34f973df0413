// What the app knows, as plain data that is never changed in place: whoever holds an older state
// still holds a true one. `apply.ts` makes the next state from a frame.
import type { Me, Message, RoomSummary, UserRef } from '../api/types';
import type { Outgoing } from '../offline/outgoing';

/** A stretch of a room's history without holes, ascending by `seq`. */
export interface Timeline {
  items: readonly Message[];
  /** Whether older messages exist that are not here. */
  hasBefore: boolean;
  /** Whether newer messages exist that are not here: the person jumped back in time. */
  hasAfter: boolean;
}

export type ConnectionState =
  | { phase: 'stopped'; code: number | null }
  | { phase: 'connecting'; attempt: number }
  | { phase: 'ready' }
  | { phase: 'waiting'; attempt: number; until: number };

export interface Presence {
  /** Everybody of the room who is connected, as far as the server names them. */
  online: ReadonlySet<number>;
  count: number;
}

export interface Typist {
  userId: number;
  kind: 'text' | 'voice';
  /** By the clock of this page, in milliseconds. */
  until: number;
}

/** How far messages have got. */
export interface Reach {
  /** Up to where they have come to a device. */
  delivered: number;
  /** Up to where they were read. */
  read: number;
}

/** A room that is open to this person. */
export interface RoomState {
  summary: RoomSummary;
  /** The last change that is known here: everything up to it was applied. */
  cursor: number;
  /** Whether a number was skipped: the room must be asked for what is missing. */
  hasGap: boolean;
  /** What of the history is loaded; `null` until the room is opened. */
  timeline: Timeline | null;
  /** The latest changes: a page of the history may be older than they are. */
  arrived: readonly Message[];
  /** Every change after this number, up to the cursor, is in `arrived`. */
  arrivedAfter: number;
  presence: Presence | null;
  typing: readonly Typist[];
  /** How far the other person of a private room has got; in a public one, whoever has read most. */
  others: Reach;
  /** When the person came to it while they looked, by this page's clock; 0 when it was there before. */
  addedAt: number;
}

export interface ChatState {
  me: Me | null;
  epoch: string | null;
  rooms: ReadonlyMap<string, RoomState>;
  /** A room that the person reads along without being in it: it has no live frames. */
  visited: RoomState | null;
  /** Who is online, of the other people of private rooms and of whom is watched. */
  online: ReadonlySet<number>;
  /** When people went, as far as that was heard of. */
  lastSeen: ReadonlyMap<number, string>;
  /** Names that were learnt after a message was written, by person. */
  people: ReadonlyMap<number, UserRef>;
  /** Everybody who wrote something that was read here, or has a conversation, as they were called there. */
  met: ReadonlyMap<number, Pick<UserRef, 'id' | 'username' | 'display_name'>>;
  /** Whether the rooms are known at all. */
  isLoaded: boolean;
  connection: ConnectionState;
  /** Messages that the server does not have yet, oldest first. */
  outgoing: readonly Outgoing[];
}

export const EMPTY: ChatState = {
  me: null,
  epoch: null,
  rooms: new Map(),
  visited: null,
  online: new Set(),
  lastSeen: new Map(),
  people: new Map(),
  met: new Map(),
  isLoaded: false,
  connection: { phase: 'stopped', code: null },
  outgoing: [],
};

/** A room that can be shown: one of the person's own, or the one that is read along. */
export function roomOf(state: ChatState, name: string): RoomState | undefined {
  const { rooms, visited } = state;
  return rooms.get(name) ?? (visited?.summary.name === name ? visited : undefined);
}

/** Changes a room, the person's own or one that is read along; where there is none, nothing. */
export function inRoom(
  state: ChatState,
  name: string,
  change: (room: RoomState) => RoomState,
): ChatState {
  const known = roomOf(state, name);
  if (known === undefined) return state;
  const next = change(known);
  if (next === known) return state;
  return known === state.visited ? { ...state, visited: next } : withRoom(state, name, next);
}

/** Puts a room among the person's own. */
export function withRoom(state: ChatState, name: string, room: RoomState): ChatState {
  return { ...state, rooms: new Map(state.rooms).set(name, room) };
}
