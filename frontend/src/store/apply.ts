// The next state from what the server said: pure. A frame type that the protocol has and this file
// does not handle is an error of the compiler.
import type {
  Me,
  ReadyFrame,
  Room,
  RoomPreferences,
  RoomSummary,
  ServerFrame,
  UserRef,
} from '../api/types';
import type { Outgoing } from '../offline/outgoing';
import { preferencesOf } from './attention';
import { changed, synced, type Change } from './changes';
import {
  inRoom,
  withRoom,
  type ChatState,
  type ConnectionState,
  type Presence,
  type RoomState,
} from './model';
import { meeting, senders, shownName, shownTitle } from './names';
import { further, ofPeer, reachedBy } from './reach';
import { markedBy, readUpTo, stillRead, withLast } from './unread';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** How the connection is. */
export function applyConnection(state: ChatState, connection: ConnectionState): ChatState {
  return { ...state, connection };
}

/** Which messages the server does not have yet, oldest first. */
export function applyOutgoing(state: ChatState, outgoing: readonly Outgoing[]): ChatState {
  return { ...state, outgoing };
}

/** After the sign-in: which rooms there are and where they stand. */
export function applyReady(state: ChatState, frame: ReadyFrame): ChatState {
  const rooms = new Map<string, RoomState>();
  for (const summary of frame.rooms.map(told)) {
    const known = state.rooms.get(summary.name);
    rooms.set(
      summary.name,
      known ? { ...known, ...refreshed(known, summary, frame.user) } : entered(state, summary),
    );
  }
  // Who is online follows.
  const online = new Set<number>();
  const next = { ...state, online, me: frame.user, epoch: frame.epoch, rooms, isLoaded: true };
  return meeting(forgetHidden(withoutDoubles(next)), metIn(frame.rooms));
}

/** Who is met in a list of rooms. */
function metIn(rooms: readonly RoomSummary[]): (UserRef | undefined)[] {
  return rooms.flatMap(({ peer, last_message }) => [peer, last_message?.sender]);
}

/** A room with a title that can be seen, and that turns nothing: a private one is called as the person is. */
function titled<T extends Pick<RoomSummary, 'name' | 'title' | 'peer'>>(room: T): T {
  const title = room.peer ? shownName(room.peer) : shownTitle(room);
  return title === room.title ? room : { ...room, title };
}

/** One of the person's rooms. While servers are brought to a new version, the one before says no preferences. */
function told(summary: RoomSummary): RoomSummary {
  const { preferences = preferencesOf(summary.kind) } = summary;
  return titled({ ...summary, preferences });
}

/** Who is typing or here may have changed unseen; what was read from the history stands. */
function refreshed(known: RoomState, summary: RoomSummary, me: Me): Partial<RoomState> {
  const last = summary.last_message ?? known.summary.last_message;
  const fresh = last === undefined ? summary : { ...summary, last_message: last };
  return {
    summary: stillRead(known, fresh, me),
    hasGap: false,
    presence: null,
    typing: [],
    others: further(known.others, ofPeer(summary)),
  };
}

function room(summary: RoomSummary): RoomState {
  return {
    summary,
    cursor: summary.last_seq,
    hasGap: false,
    timeline: null,
    arrived: [],
    arrivedAfter: summary.last_seq,
    presence: null,
    typing: [],
    others: ofPeer(summary),
    addedAt: 0,
  };
}

/** A room that is new here. What was read along before stands, and what is newer is asked for. */
function entered(state: ChatState, summary: RoomSummary): RoomState {
  const { visited } = state;
  if (visited?.summary.name !== summary.name) return room(summary);
  const { timeline, cursor } = visited;
  const hasGap = cursor < summary.last_seq;
  return { ...room(summary), timeline, cursor, hasGap, arrivedAfter: cursor };
}

function added(state: ChatState, summary: RoomSummary, now: number): RoomState {
  return { ...entered(state, summary), addedAt: now };
}

/** A room is the person's own or read along, never both. */
function withoutDoubles(state: ChatState): ChatState {
  const isOwn = state.visited !== null && state.rooms.has(state.visited.summary.name);
  return isOwn ? { ...state, visited: null } : state;
}

/** What a room says of itself, without what it does not say. */
function present(about: { topic?: string | undefined; emoji?: string | undefined }): {
  topic?: string;
  emoji?: string;
} {
  const { topic, emoji } = about;
  return { ...(topic === undefined ? {} : { topic }), ...(emoji === undefined ? {} : { emoji }) };
}

/** A room that the person is not in, as the server describes it: it can be read along. */
export function applyVisit(state: ChatState, visited: Room): ChatState {
  const { name, kind, title, topic, emoji, peer, last_seq } = titled(visited);
  if (state.rooms.has(name)) return state;
  const about = { ...present({ topic, emoji }), ...(peer ? { peer } : {}) };
  const counts = { read_seq: last_seq, unread: 0, mentions: 0 };
  const summary = {
    name,
    kind,
    title,
    last_seq,
    preferences: preferencesOf(kind),
    ...counts,
    ...about,
  };
  return { ...state, visited: room(summary) };
}

/** Names of people, learnt on the way. */
export function applyPeople(state: ChatState, refs: readonly UserRef[]): ChatState {
  const people = new Map(state.people);
  for (const { id, username, display_name, avatar_url } of refs) {
    const picture = avatar_url === undefined ? {} : { avatar_url };
    people.set(id, { id, username, display_name, ...picture });
  }
  return { ...state, people };
}

/** The rooms with their latest messages, which the socket does not tell. */
export function applyRoomList(state: ChatState, summaries: readonly RoomSummary[]): ChatState {
  const rooms = new Map(state.rooms);
  for (const summary of summaries) {
    const known = rooms.get(summary.name);
    const message = summary.last_message;
    if (!known || !message) continue;
    rooms.set(summary.name, { ...known, summary: withLast(known.summary, message) });
  }
  return meeting({ ...state, rooms }, metIn(summaries));
}

/** The person's own account changed, here or on another device. */
export function applyMe(state: ChatState, me: Me): ChatState {
  return forgetHidden({ ...state, me });
}

/** Whoever keeps something to themselves is not shown that of others, also not what was known before. */
function forgetHidden(state: ChatState): ChatState {
  let { rooms, online, lastSeen } = state;
  if (state.me?.hide_last_seen) [online, lastSeen] = [new Set<number>(), new Map<number, string>()];
  if (state.me?.hide_receipts) {
    const others = { delivered: 0, read: 0 };
    rooms = new Map([...rooms].map(([name, room]) => [name, { ...room, others }]));
  }
  return { ...state, rooms, online, lastSeen };
}

/** Everything that arrived since the last time, in its order. */
export function applyFrames(
  state: ChatState,
  frames: readonly ServerFrame[],
  now: number,
): ChatState {
  let next = state;
  for (let at = 0; at < frames.length;) {
    const frame = frames[at] as ServerFrame;
    if (isChange(frame)) {
      // Changes of one room in a row are applied at once: a burst copies the history once.
      let end = at + 1;
      while (end < frames.length && isChangeOf(frames[end] as ServerFrame, frame.room)) end += 1;
      const { me } = next;
      const changes = frames.slice(at, end) as Change[];
      next = inRoom(next, frame.room, (room) => changed(room, changes, me));
      next = meeting(
        next,
        changes.map((change) => ('message' in change ? change.message.sender : undefined)),
      );
      at = end;
    } else {
      next = applyOne(next, frame, now);
      at += 1;
    }
  }
  return next;
}

function isChange(frame: ServerFrame): frame is Change {
  return (
    frame.type === 'message.created' ||
    frame.type === 'message.updated' ||
    frame.type === 'message.deleted'
  );
}

function isChangeOf(frame: ServerFrame, room: string): boolean {
  return isChange(frame) && frame.room === room;
}

function applyOne(state: ChatState, frame: Exclude<ServerFrame, Change>, now: number): ChatState {
  switch (frame.type) {
    case 'sync': {
      const next = inRoom(state, frame.room, (room) => {
        const marks = frame.receipts?.filter((mark) => mark.user_id !== state.me?.id) ?? [];
        return marks.reduce(reachedBy, synced(room, frame, state.me));
      });
      return meeting(next, senders(frame.messages));
    }
    case 'typing':
      return inRoom(state, frame.room, (room) => ({
        ...room,
        typing: [
          ...room.typing.filter((typist) => typist.userId !== frame.user_id),
          { userId: frame.user_id, kind: frame.kind, until: now + frame.expires_in_ms },
        ],
      }));
    case 'room.presence':
      return inRoom(state, frame.room, (room) => ({
        ...room,
        presence: presence(room.presence, frame),
      }));
    case 'presence':
      return cameOrWent(state, frame);
    case 'receipt':
      return inRoom(state, frame.room, (room) =>
        frame.user_id === state.me?.id ? ownMark(room, frame, state.me) : reachedBy(room, frame),
      );
    case 'room.added':
      return state.rooms.has(frame.room.name)
        ? state
        : withoutDoubles(withRoom(state, frame.room.name, added(state, told(frame.room), now)));
    case 'room.updated':
      return inRoom(state, frame.room, (known) => {
        const { topic: _, emoji: __, ...summary } = known.summary;
        const { title, topic, emoji } = frame;
        return { ...known, summary: titled({ ...summary, title, ...present({ topic, emoji }) }) };
      });
    case 'room.preferences': {
      const { pinned, notifications, marked_unread } = frame;
      return applyPreferences(state, frame.room, { pinned, notifications, marked_unread });
    }
    case 'room.removed':
      return applyRemoved(state, frame.room);
    case 'user.updated': {
      const people = new Map(state.people).set(frame.user.id, frame.user);
      const me = state.me?.id === frame.user.id ? { ...state.me, ...frame.user } : state.me;
      return { ...state, people, me, rooms: withPeer(state.rooms, frame.user) };
    }
    case 'me.updated':
      return applyMe(state, frame.user);
    // These concern the connection and the outbox.
    case 'ready':
    case 'ok':
    case 'error':
    case 'pong':
    case 'draining':
      return state;
    default:
      // Newer servers may say more; the protocol of this version says no more than the above.
      frame satisfies never;
      return state;
  }
}

/** A private room is called as the other person is. */
function withPeer(rooms: ChatState['rooms'], peer: UserRef): ChatState['rooms'] {
  const room = [...rooms.values()].find(({ summary }) => summary.peer?.id === peer.id);
  if (room === undefined) return rooms;
  const summary = titled({ ...room.summary, peer });
  return new Map(rooms).set(summary.name, { ...room, summary });
}

/** Somebody came or went. */
function cameOrWent(state: ChatState, frame: Frame<'presence'>): ChatState {
  const { user_id, online: isOnline, last_seen_at } = frame;
  const online = new Set(state.online);
  if (isOnline) online.add(user_id);
  else online.delete(user_id);
  const lastSeen = new Map(state.lastSeen);
  if (last_seen_at !== undefined) lastSeen.set(user_id, last_seen_at);
  // Who is away and keeps to themselves since when.
  else if (!isOnline) lastSeen.delete(user_id);
  return { ...state, online, lastSeen };
}

/** The person has read on, here or on another device; the server says what is unread after it. */
function ownMark(room: RoomState, frame: Frame<'receipt'>, me: Me | null): RoomState {
  const { read_seq, unread, mentions, last_seq } = frame;
  if (unread === undefined || mentions === undefined || last_seq === undefined) {
    return readUpTo(room, read_seq, me);
  }
  return markedBy(room, { read_seq, unread, mentions, last_seq }, me);
}

function presence(known: Presence | null, frame: Frame<'room.presence'>): Presence {
  if (frame.online) return { online: new Set(frame.online), count: frame.count };
  const online = new Set(known?.online);
  frame.joined?.forEach((user) => online.add(user));
  frame.left?.forEach((user) => online.delete(user));
  return { online, count: frame.count };
}

/** Up to where somebody else has read a room, as asked for when it was opened. */
export function applyReach(state: ChatState, name: string, seq: number): ChatState {
  return inRoom(state, name, (room) => reachedBy(room, { read_seq: seq }));
}

/** The person wants a room otherwise: here, before the server has said so, or on another device. */
export function applyPreferences(
  state: ChatState,
  name: string,
  change: Partial<RoomPreferences>,
): ChatState {
  const known = state.rooms.get(name);
  if (known === undefined) return state;
  const preferences = { ...known.summary.preferences, ...change };
  return withRoom(state, name, { ...known, summary: { ...known.summary, preferences } });
}

export function applyRemoved(state: ChatState, name: string): ChatState {
  const rooms = new Map(state.rooms);
  rooms.delete(name);
  return { ...state, rooms };
}

/** Marks a room as read here, before the server has said so. */
export function applyRead(state: ChatState, name: string, seq: number): ChatState {
  return inRoom(state, name, (room) => readUpTo(room, seq, state.me));
}

/** Takes the typing notices away whose time is over. */
export function expireTyping(state: ChatState, now: number): ChatState {
  let next = state;
  for (const [name, room] of state.rooms) {
    const typing = room.typing.filter((typist) => typist.until > now);
    if (typing.length !== room.typing.length) next = withRoom(next, name, { ...room, typing });
  }
  return next;
}
