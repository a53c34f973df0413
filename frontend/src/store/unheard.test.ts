import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Message } from '../api/types';
import { entered, message, mine, MIRA, page } from '../testing/messages';
import { MemoryStorage } from '../testing/world';
import type { ChatState } from './model';
import { applyPage } from './pages';
import { Unheard } from './unheard';

const call = vi.fn();
let local: MemoryStorage;

beforeEach(() => {
  local = new MemoryStorage();
  call.mockReset();
});

const audio = { id: 'a', duration_ms: 1_000, waveform: [1], sources: [] };
const voice = (seq: number, more: Partial<Message> = {}) => message(seq, { audio, ...more });
const unheardIn = (state: ChatState) =>
  new Unheard({ state }, { call: call as never }, local, MIRA.id);

/** Mira, with this stretch of the room before her. */
function seeing(items: Message[], hasAfter = false): Unheard {
  return unheardIn(applyPage(entered(), 'general', page(items, 99, { has_after: hasAfter })));
}

describe('what was heard', () => {
  const room = 'private_1_2';
  const inPrivate = (more: Partial<Message> = {}) => voice(1, { room, ...more });

  it('is told in a private room, once, and of others alone', () => {
    call.mockResolvedValue(undefined);
    const unheard = unheardIn(entered({ name: room, kind: 'private' }));
    unheard.began(inPrivate());
    const path = { room, message_id: 'id-1' };
    const operation = '/rooms/{room}/messages/{message_id}/listened';
    expect(call).toHaveBeenCalledExactlyOnceWith('put', operation, { path });
    call.mockClear();
    unheard.began(inPrivate({ audio: { ...audio, listened_at: '2026-11-22T10:00:00.000Z' } }));
    unheard.began(mine(2, { audio, room }));
    unheard.began(voice(3));
    expect(call).not.toHaveBeenCalled();
  });

  it('does not follow by itself, on whichever device it was', async () => {
    const listened = { ...audio, listened_at: '2026-11-22T10:00:00.000Z' };
    const unheard = seeing([voice(1), voice(2, { audio: listened }), voice(3)]);
    expect(await unheard.after(voice(1))).toEqual(voice(3));
  });
});

describe('what follows a voice message', () => {
  it('is the next one of another that was not heard', async () => {
    const unheard = seeing([
      voice(1),
      mine(2, { audio }),
      message(3),
      voice(4),
      voice(5),
      voice(6),
    ]);
    expect(await unheard.after(voice(1))).toEqual(voice(4));
    unheard.began(voice(4));
    unheard.began(voice(5));
    expect(await unheard.after(voice(1))).toEqual(voice(6));
    unheard.began(voice(6));
    expect(await unheard.after(voice(1))).toBeNull();
    expect(call).not.toHaveBeenCalled();
  });

  it('is nothing that stands before it, and nothing after the last', async () => {
    const unheard = seeing([voice(1), voice(2)]);
    expect(await unheard.after(voice(2))).toBeNull();
  });

  it('is what was not heard by this person, also on the next page', async () => {
    seeing([]).began(voice(2));
    const next = seeing([voice(1), voice(2), voice(3)]);
    expect(await next.after(voice(1))).toEqual(voice(3));
    local.setItem(`adda.heard.${MIRA.id}`, '');
    local.setItem('adda.heard.2', 'id-2 id-3');
    expect(await next.after(voice(1))).toEqual(voice(2));
  });

  it('is asked for where what is loaded ends before it, or is elsewhere', async () => {
    call.mockResolvedValueOnce(page([message(3), message(4)], 99, { has_after: true }));
    call.mockResolvedValueOnce(page([voice(5)], 99));
    expect(await seeing([voice(1), message(2)], true).after(voice(1))).toEqual(voice(5));
    expect(call.mock.calls.map(([, , { query }]) => query.after)).toEqual([2, 4]);
    call.mockResolvedValueOnce(page([voice(2)], 99));
    expect(await seeing([message(50)]).after(voice(1))).toEqual(voice(2));
    expect(call.mock.calls.at(-1)?.[2].query.after).toBe(1);
    call.mockResolvedValueOnce(page([voice(2)], 99));
    expect(await unheardIn(entered()).after(voice(1))).toEqual(voice(2));
  });

  it('is not looked for in all of a long room', async () => {
    call.mockImplementation(async (_, __, { query }) =>
      page([message(query.after + 100)], 9_999, { has_after: true }),
    );
    expect(await unheardIn(entered()).after(voice(1))).toBeNull();
    expect(call).toHaveBeenCalledTimes(3);
  });
});

it('only so many are remembered', () => {
  const unheard = seeing([]);
  for (let seq = 1; seq <= 600; seq += 1) unheard.began(voice(seq));
  const heard = local.getItem(`adda.heard.${MIRA.id}`)?.split(' ');
  expect([heard?.length, heard?.[0], heard?.at(-1)]).toEqual([500, 'id-101', 'id-600']);
});
