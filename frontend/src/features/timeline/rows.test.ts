import { describe, expect, it } from 'vitest';

import type { Message } from '../../api/types';
import type { Outgoing } from '../../offline/outgoing';
import { dice, message as told, range } from '../../testing/messages';
import { isLoneEmoji, opensGroup, pieces, rowsOf, type Row, type Source } from './rows';

const ME = 1;
const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;

function message(seq: number, sender = 2, at = NOON + seq * 1_000): Message {
  return told(seq, {
    sender: { id: sender, username: `u${sender}`, display_name: `U${sender}` },
    client_id: `client ${seq}`,
    created_at: new Date(at).toISOString(),
  });
}

function outgoing(clientId: string, at = NOON + 60_000): Outgoing {
  const content = { kind: 'text', text: 'on its way' } as const;
  return { clientId, userId: ME, room: 'tea', content, state: { kind: 'ready' }, at, tab: 'a' };
}

function rows(
  items: Message[],
  more: Partial<Source> & { hasBefore?: boolean; hasAfter?: boolean } = {},
): Row[] {
  const { hasBefore = false, hasAfter = false, ...rest } = more;
  const timeline = { items, hasBefore, hasAfter };
  return rowsOf({ timeline, outgoing: [], me: ME, unreadFrom: null, ...rest });
}

function expectUnique(all: Row[]): void {
  expect(new Set(all.map((row) => row.key)).size).toBe(all.length);
}

const kinds = (all: Row[]) => all.map((row) => row.kind);
const opens = (all: Row[]) => all.flatMap((row) => ('group' in row ? [opensGroup(row)] : []));

describe('groups', () => {
  it('hold one person’s messages that follow each other', () => {
    expect(opens(rows([message(1), message(2), message(3, 3), message(4)]))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('end after a pause', () => {
    const late = message(2, 2, NOON + 1_000 + 5 * MINUTE + 1);
    expect(opens(rows([message(1), late]))).toEqual([true, true]);
  });
});

describe('days', () => {
  const yesterday = message(1, 2, NOON - 24 * 60 * MINUTE);

  it('are headed, and begin a group', () => {
    const all = rows([yesterday, message(2), message(3)]);
    expect(kinds(all)).toEqual(['day', 'message', 'day', 'message', 'message']);
    expect(opens(all)).toEqual([true, true, false]);
  });

  it('are not headed before it is known that they begin there', () => {
    expect(kinds(rows([message(1)], { hasBefore: true }))).toEqual(['message']);
    const all = rows([yesterday, message(2)], { hasBefore: true });
    expect(kinds(all)).toEqual(['message', 'day', 'message']);
  });

  it('are headed as often as the clock of the server goes from one to another', () => {
    const tomorrow = NOON + 24 * 60 * MINUTE;
    const all = rows([message(1), message(2, 2, tomorrow), message(3), message(4, 2, tomorrow)]);
    expect(kinds(all)).toEqual([...Array.from({ length: 4 }, () => ['day', 'message'])].flat());
    expectUnique(all);
  });

  it('keep their key while older messages come in above and newer ones below', () => {
    const keyOfDay = (all: Row[]) => all.filter((row) => row.kind === 'day').at(-1)?.key;
    const few = rows([yesterday, message(2)]);
    const more = rows([message(0, 2, NOON - 48 * 60 * MINUTE), yesterday, message(2), message(3)]);
    expect(keyOfDay(more)).toBe(keyOfDay(few));
  });

  it('keep their key when what was on its way has come', () => {
    const before = rows([yesterday], { outgoing: [outgoing('client 2')] });
    const after = rows([yesterday, message(2, ME)]);
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  });

  it('are not begun by a message whose time nobody can read', () => {
    const timeless = { ...message(2), created_at: '+10000-13-45T99:00:00Z' };
    const all = rows([message(1), timeless, message(3)]);
    expect(kinds(all)).toEqual(['day', 'message', 'message', 'message']);
    expect(kinds(rows([timeless]))).toEqual(['message']);
  });
});

describe('keys', () => {
  it('are unique whatever the clocks say', () => {
    const throwDice = dice(7);
    const day = 24 * 60 * MINUTE;
    const clocks = [0, -1, 1e15, NaN, NOON, NOON + day, NOON - day, NOON + 1, 253_402_300_800_000];
    for (let round = 0; round < 200; round += 1) {
      const clock = () => clocks[Math.floor(throwDice() * clocks.length)] ?? 0;
      const said = range(1, 30).map((seq) => {
        const at = clock();
        const created_at = Number.isNaN(at) ? 'no time' : new Date(at).toISOString();
        return { ...message(seq, throwDice() < 0.5 ? ME : 2), created_at };
      });
      const on = ['a', 'b', 'c'].map((id) => outgoing(id, clock()));
      expectUnique(rows(said, { outgoing: on, unreadFrom: Math.floor(throwDice() * 30) }));
    }
  });

  it('are unique whatever the ids are', () => {
    const twin = { ...message(2), id: message(1).id };
    const posing = { ...message(3, ME), client_id: message(1).id };
    const odd = ['unread', 'day 1', 'day own a'].map((id, at) => ({ ...message(4 + at), id }));
    expectUnique(
      rows([message(1), twin, posing, ...odd], { unreadFrom: 2, outgoing: [outgoing('a')] }),
    );
  });
});

describe('the divider', () => {
  it('stands above the first unread message of somebody else', () => {
    const all = rows([message(1), message(2, ME), message(3)], { unreadFrom: 2 });
    expect(kinds(all)).toEqual(['day', 'message', 'message', 'unread', 'message']);
  });

  it('begins a group', () => {
    expect(opens(rows([message(1), message(2)], { unreadFrom: 2 }))).toEqual([true, true]);
  });

  it('is not there where the unread begins outside of what is loaded', () => {
    const all = rows([message(7), message(8)], { unreadFrom: 3, hasBefore: true });
    expect(kinds(all)).not.toContain('unread');
  });

  it('does not stand above a deleted message alone', () => {
    const deleted = { ...message(2), deleted_at: '2026-11-22T10:00:00.000Z' };
    expect(kinds(rows([message(1), deleted], { unreadFrom: 2 }))).not.toContain('unread');
  });
});

describe('what is on its way', () => {
  it('stands at the end and belongs to the group before', () => {
    const all = rows([message(1, ME)], { outgoing: [outgoing('a')] });
    expect(kinds(all)).toEqual(['day', 'message', 'outgoing']);
    expect(opens(all)).toEqual([true, false]);
  });

  it('is shown once, under one key for life', () => {
    const before = rows([], { outgoing: [outgoing('client 1')] });
    const after = rows([message(1, ME)], { outgoing: [outgoing('client 1')] });
    expect(kinds(after)).toEqual(['day', 'message']);
    expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
  });

  it('is not taken for another person’s message with the same id', () => {
    const all = rows([message(1, 2)], { outgoing: [outgoing('client 1')] });
    expect(kinds(all)).toEqual(['day', 'message', 'outgoing']);
    expectUnique(all);
  });

  it('is not shown in the middle of the history', () => {
    const all = rows([message(1)], { outgoing: [outgoing('a')], hasAfter: true });
    expect(kinds(all)).not.toContain('outgoing');
  });
});

describe('links', () => {
  it('are cut out by scalar values', () => {
    const text = '👍🏽 see https://a.example ok';
    const start = [...'👍🏽 see '].length;
    const end = start + 'https://a.example'.length;
    expect(pieces(text, [{ start, end, url: 'https://a.example' }])).toEqual([
      { text: '👍🏽 see ', start: 0, end: start },
      { text: 'https://a.example', start, end, url: 'https://a.example' },
      { text: ' ok', start: end, end: end + 3 },
    ]);
  });

  it('may follow each other and stand at the ends', () => {
    const links = [
      { start: 0, end: 3, url: 'a' },
      { start: 3, end: 6, url: 'b' },
    ];
    expect(pieces('onetwo', links)).toEqual([
      { text: 'one', start: 0, end: 3, url: 'a' },
      { text: 'two', start: 3, end: 6, url: 'b' },
    ]);
  });

  it('leave a text without them whole', () => {
    expect(pieces('plain', [])).toEqual([{ text: 'plain', start: 0, end: 5 }]);
  });
});

describe('a lone emoji', () => {
  it.each(['🎉', '👍🏽', '👨‍👩‍👧‍👦', '❤️', '🇧🇩', '🎉 🎉 🎉', '1️⃣'])('is %s', (text) => {
    expect(isLoneEmoji(text)).toBe(true);
  });

  it.each(['🎉 yes', '1', '#', '', ' ', '🎉🎉🎉🎉', 'আ', '©'])('is not “%s”', (text) => {
    expect(isLoneEmoji(text)).toBe(false);
  });

  it('is not a message without a text', () => {
    expect(isLoneEmoji(undefined)).toBe(false);
  });
});
