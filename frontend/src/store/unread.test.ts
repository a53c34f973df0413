import { describe, expect, it } from 'vitest';

import type { Message, ServerFrame } from '../api/types';
import {
  created,
  deleted,
  edited,
  entered,
  general,
  message,
  messages,
  mine,
  page,
  ready,
  RAHUL,
  summary,
  tombstone,
  updated,
} from '../testing/messages';
import { applyFrames, applyRead, applyReady } from './apply';
import { EMPTY, type ChatState } from './model';
import { applyPage } from './pages';
import { firstUnread, newAfter } from './unread';

const fold = (state: ChatState, ...frames: ServerFrame[]) => applyFrames(state, frames, 0);
const opened = (last: number) =>
  applyPage(entered({ last_seq: last }), 'general', page(messages(1, last), last));

const AT_MIRA = [{ start: 0, end: 5, user_id: 1 }];
const named = (seq: number, more: Partial<Message> = {}) =>
  message(seq, { text: '@mira', mentions: AT_MIRA, ...more });

const counts = (state: ChatState) => {
  const { unread, mentions, read_seq } = general(state).summary;
  return { unread, mentions, read_seq };
};

/** The person read on another device. */
function mark(read_seq: number, last_seq: number, unread: number, mentions = 0): ServerFrame {
  const about = { room: 'general', user_id: 1, read_seq, last_seq, unread, mentions };
  return { type: 'receipt', ...about };
}

describe('who is mentioned', () => {
  it('is counted with each new message that names the person', () => {
    const state = fold(opened(0), ...created(named(1), message(2), named(3), mine(4)));
    expect(counts(state)).toMatchObject({ unread: 3, mentions: 2 });
  });

  it('is everybody but who called everybody', () => {
    const mentions = [{ start: 0, end: 5, everybody: true }];
    const state = fold(opened(0), ...created(message(1, { mentions }), mine(2, { mentions })));
    expect(counts(state)).toMatchObject({ unread: 1, mentions: 1 });
  });

  it('is not who names themselves', () => {
    const state = fold(opened(0), ...created(mine(1, { mentions: AT_MIRA })));
    expect(counts(state)).toMatchObject({ unread: 0, mentions: 0 });
  });

  it('follows edits and deletions', () => {
    let state = fold(opened(0), ...created(named(1), message(2)));
    state = fold(state, updated(edited(1, 3)));
    expect(counts(state).mentions).toBe(0);
    state = fold(state, updated({ ...edited(2, 4), mentions: AT_MIRA }));
    expect(counts(state).mentions).toBe(1);
    state = fold(state, deleted(tombstone(2, 5)));
    expect(counts(state)).toMatchObject({ unread: 1, mentions: 0 });
  });

  it('is said by the server when the connection is new', () => {
    const told = summary({ last_seq: 9, unread: 4, mentions: 2 });
    expect(counts(applyReady(EMPTY, ready(told)))).toMatchObject({ unread: 4, mentions: 2 });
  });
});

describe('what was read on another device', () => {
  it('is taken as it was counted, also where the history is not here', () => {
    const state = applyReady(EMPTY, ready(summary({ last_seq: 60, unread: 60, mentions: 9 })));
    const next = fold(state, mark(20, 60, 40, 3));
    expect(counts(next)).toEqual({ read_seq: 20, unread: 40, mentions: 3 });
  });

  it('is completed by what came since', () => {
    const state = fold(opened(2), ...created(message(3), named(4)));
    expect(counts(fold(state, mark(2, 3, 1)))).toMatchObject({ unread: 2, mentions: 1 });
  });

  it('is completed by what was deleted since', () => {
    let state = fold(opened(0), ...created(...messages(1, 3)));
    state = fold(state, deleted(tombstone(3, 4)));
    expect(counts(fold(state, mark(1, 3, 2)))).toMatchObject({ unread: 1 });
  });

  it('counts nothing twice that is still on its way', () => {
    const state = fold(opened(2), mark(2, 3, 1));
    expect(counts(fold(state, ...created(message(3), message(4))))).toMatchObject({ unread: 2 });
  });

  it('never takes back what was read here', () => {
    let state = fold(opened(0), ...created(...messages(1, 5)));
    state = fold(state, mark(4, 5, 1));
    expect(counts(fold(state, mark(2, 5, 3)))).toEqual({ read_seq: 4, unread: 1, mentions: 0 });
  });
});

it('what is read far back moves the mark, and the server counts what is left', () => {
  const unread = { last_seq: 300, read_seq: 10, unread: 100, mentions: 2 };
  let state = applyPage(
    entered(unread),
    'general',
    page(messages(1, 60), 300, { has_after: true }),
  );
  state = applyRead(state, 'general', 20);
  expect(counts(state)).toEqual({ read_seq: 20, unread: 100, mentions: 2 });
});

it('what is new after a number is what others wrote and did not delete', () => {
  const all = [message(1), message(2), mine(3), tombstone(4, 9), message(5)];
  expect([0, 2, 5].map((seq) => newAfter(all, seq, 1))).toEqual([3, 1, 0]);
});

it('the first unread message follows the mark', () => {
  expect(firstUnread(general(entered({ last_seq: 9, read_seq: 4, unread: 3 })))).toBe(5);
  expect(firstUnread(general(entered({ last_seq: 9, read_seq: 9 })))).toBeNull();
});

it('somebody else’s mark counts nothing', () => {
  const state = fold(opened(0), ...created(...messages(1, 3)));
  const theirs = { type: 'receipt', room: 'general', user_id: RAHUL.id, read_seq: 3 } as const;
  expect(counts(fold(state, theirs))).toMatchObject({ unread: 3, read_seq: 0 });
});
