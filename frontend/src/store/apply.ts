// The next state from what the server said: pure. A frame type that the protocol has and this file
// does not handle is an error of the compiler.
//
// Numbers: a room's changes are numbered without holes. A live frame that is not the next one is
// either known already and ignored, or shows a gap: it is not applied, and the room is marked to be
// asked for again, so that nothing is ever missing in between. What is unread: unread.ts.
import type {
  Me,
  Message,
  MessagePage,
  ReadyFrame,
  Room,
  RoomSummary,
  ServerFrame,
  UserRef,
} from '../api/types';
import {
  roomOf,
  type ChatState,
  type Presence,
  type Reach,
  type RoomState,
  type Timeline,
} from './model';
import { append, fromPage, merge, prepend } from './timeline';
import { counted, markedBy, readUpTo, stillRead, withLast } from './unread';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
type Change = Frame<'message.created' | 'message.updated' | 'message.deleted'>;

/** So many of the latest changes are kept for pages of the history that are older than they are. */
export const MOST_ARRIVED = 200;

/** After the sign-in: which rooms there are and where they stand. */
export function applyReady(state: ChatState, frame: ReadyFrame): ChatState {
  const rooms = new Map<string, RoomState>();
  for (const summary of frame.rooms) {
    const known = state.rooms.get(summary.name);
    rooms.set(
      summary.name,
      known ? { ...known, ...refreshed(known, summary, frame.user) } : entered(state, summary),
    );
  }
  // Who is online follows.
  const online = new Set<number>();
  const next = { ...state, online, me: frame.user, epoch: frame.epoch, rooms, isLoaded: true };
  return forgetHidden(withoutDoubles(next));
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

/** How far the other person has got, as the list of rooms says it. */
function ofPeer({ peer_mark }: RoomSummary): Reach {
  return { delivered: peer_mark?.delivered_seq ?? 0, read: peer_mark?.read_seq ?? 0 };
}

/** Marks never move back. The same object where nothing moved. */
function further(known: Reach, news: Reach): Reach {
  const read = Math.max(known.read, news.read);
  const delivered = Math.max(known.delivered, news.delivered, read);
  return read === known.read && delivered === known.delivered ? known : { delivered, read };
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

/** A room that the person is not in, as the server describes it: it can be read along. */
export function applyVisit(
  state: ChatState,
  { name, kind, title, topic, peer, last_seq }: Room,
): ChatState {
  if (state.rooms.has(name)) return state;
  const about = { ...(topic === undefined ? {} : { topic }), ...(peer ? { peer } : {}) };
  const counts = { read_seq: last_seq, unread: 0, mentions: 0 };
  const summary = { name, kind, title, last_seq, ...counts, ...about };
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
  return { ...state, rooms };
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
      next = applyChanges(next, frame.room, frames.slice(at, end) as Change[]);
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
    case 'sync':
      return inRoom(state, frame.room, (room) => {
        const marks = frame.receipts?.filter((mark) => mark.user_id !== state.me?.id) ?? [];
        return marks.reduce(reachedBy, applySync(room, frame, state.me));
      });
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
        : withoutDoubles(withRoom(state, frame.room.name, added(state, frame.room, now)));
    case 'room.updated':
      return inRoom(state, frame.room, (known) => {
        const { topic: _, ...summary } = known.summary;
        const topic = frame.topic === undefined ? {} : { topic: frame.topic };
        return { ...known, summary: { ...summary, title: frame.title, ...topic } };
      });
    case 'room.removed': {
      const rooms = new Map(state.rooms);
      rooms.delete(frame.room);
      return { ...state, rooms };
    }
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

function inRoom(state: ChatState, name: string, change: (room: RoomState) => RoomState): ChatState {
  const known = roomOf(state, name);
  if (known === undefined) return state;
  const next = change(known);
  if (next === known) return state;
  return known === state.visited ? { ...state, visited: next } : withRoom(state, name, next);
}

function withRoom(state: ChatState, name: string, room: RoomState): ChatState {
  return { ...state, rooms: new Map(state.rooms).set(name, room) };
}

function applyChanges(state: ChatState, name: string, frames: readonly Change[]): ChatState {
  return inRoom(state, name, (known) => {
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
      summary = counted(summary, frame.message, state.me, before);
      summary = { ...summary, last_seq: Math.max(summary.last_seq, frame.seq) };
    }
    if (news.length === 0) return hasGap === known.hasGap ? known : { ...known, hasGap };
    return { ...withNews(known, news), summary, cursor, hasGap };
  });
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
    ...kept(room, news),
  };
}

/** Keeps the latest changes. */
function kept(
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

function applySync(room: RoomState, frame: Frame<'sync'>, me: Me | null): RoomState {
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

/** A private room is called as the other person is. */
function withPeer(rooms: ChatState['rooms'], peer: UserRef): ChatState['rooms'] {
  const room = [...rooms.values()].find(({ summary }) => summary.peer?.id === peer.id);
  if (room === undefined) return rooms;
  const summary = { ...room.summary, peer, title: peer.display_name };
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

/** Somebody else has got so far. */
function reachedBy(
  room: RoomState,
  mark: { delivered_seq?: number | undefined; read_seq: number },
): RoomState {
  const { delivered_seq = mark.read_seq, read_seq } = mark;
  const others = further(room.others, { delivered: delivered_seq, read: read_seq });
  return others === room.others ? room : { ...room, others };
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

/** Marks a room as read here, before the server has said so. */
export function applyRead(state: ChatState, name: string, seq: number): ChatState {
  return inRoom(state, name, (room) => readUpTo(room, seq, state.me));
}

/** A room's history, asked for when it was opened or when the person jumped. */
export function applyPage(state: ChatState, name: string, page: MessagePage): ChatState {
  return inRoom(state, name, (room) =>
    joined(room, merge(fromPage(page), room.timeline?.items ?? []), page),
  );
}

/** The next older page: of what stood before the message with the number `before`. */
export function applyOlder(
  state: ChatState,
  name: string,
  page: MessagePage,
  before: number,
): ChatState {
  return inRoom(state, name, (room) =>
    // The person may have jumped away meanwhile: then the page belongs to nothing that is here.
    room.timeline?.items[0]?.seq === before
      ? joined(room, prepend(room.timeline, page), page)
      : room,
  );
}

/** The next newer page: of what stands after the message with the number `after`. */
export function applyNewer(
  state: ChatState,
  name: string,
  page: MessagePage,
  after: number,
): ChatState {
  return inRoom(state, name, (room) =>
    room.timeline?.items.at(-1)?.seq === after
      ? joined(room, append(room.timeline, page), page)
      : room,
  );
}

/** Joins what was read with what came meanwhile; what cannot be joined is asked for as a gap. */
function joined(room: RoomState, read: Timeline, page: MessagePage): RoomState {
  const timeline = merge(read, room.arrived);
  const isWhole = page.last_seq >= room.arrivedAfter;
  if (isWhole) return { ...room, timeline };
  return {
    ...room,
    timeline,
    cursor: page.last_seq,
    hasGap: true,
    arrived: [],
    arrivedAfter: page.last_seq,
  };
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
