import { expect, test } from 'vitest';

import type { Message, RoomSummary, ServerFrame } from '../../api/types';
import { applyFrames, applyReady } from '../../store/apply';
import { EMPTY, type RoomState } from '../../store/model';
import {
  created,
  message,
  MIRA,
  mine,
  ready,
  summary,
  tombstone,
  deleted,
} from '../../testing/messages';
import { callOf, newestOf } from './calls';

const naming = (seq: number): Message =>
  message(seq, { mentions: [{ start: 0, end: 5, user_id: MIRA.id }] });

type Level = RoomSummary['preferences']['notifications'];

/** A room in which five messages stand and are read, after what arrives. */
function after(notifications: Level, ...frames: ServerFrame[]): RoomState {
  const preferences = { pinned: false, marked_unread: false, notifications };
  const room = summary({ last_seq: 5, read_seq: 5, preferences });
  const state = applyFrames(applyReady(EMPTY, ready(room)), frames, 0);
  return state.rooms.get('general') as RoomState;
}

const called = (room: RoomState, seq = 5) => callOf(room, seq, MIRA)?.seq;

test('where everything is wanted, each message of others calls', () => {
  expect(called(after('all', ...created(message(6))))).toBe(6);
  expect(called(after('all', ...created(message(6), mine(7))))).toBe(6);
});

test('where mentions are wanted, only they call, also when others follow at once', () => {
  expect(called(after('mentions', ...created(message(6))))).toBeUndefined();
  expect(called(after('mentions', ...created(naming(6), message(7))))).toBe(6);
});

test('where nothing is wanted, nothing calls', () => {
  expect(called(after('nothing', ...created(naming(6))))).toBeUndefined();
});

test('nobody is called by what they wrote, by what is gone, or by what they have read', () => {
  expect(called(after('all', ...created(mine(6))))).toBeUndefined();
  expect(called(after('all', ...created(message(6)), deleted(tombstone(6, 7))))).toBeUndefined();
  const read: ServerFrame = {
    type: 'receipt',
    room: 'general',
    user_id: MIRA.id,
    read_seq: 6,
    unread: 0,
    mentions: 0,
    last_seq: 6,
  };
  expect(called(after('all', ...created(message(6)), read))).toBeUndefined();
});

test('nothing calls twice', () => {
  const room = after('all', ...created(message(6)));
  expect(called(room, newestOf(room))).toBeUndefined();
});

test('the first message of a conversation calls that began just now', () => {
  const preferences = { pinned: false, marked_unread: false, notifications: 'all' } as const;
  const room = summary({ last_seq: 1, read_seq: 0, unread: 1, preferences });
  const added: ServerFrame = {
    type: 'room.added',
    room: { ...room, last_message: message(1) },
  };
  const state = applyFrames(applyReady(EMPTY, ready()), [added], 0);
  expect(called(state.rooms.get('general') as RoomState, 0)).toBe(1);
});
