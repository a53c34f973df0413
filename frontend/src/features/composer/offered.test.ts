import { describe, expect, it } from 'vitest';

import type { UserRef } from '../../api/types';
import { applyReady } from '../../store/apply';
import { applyPage } from '../../store/pages';
import { EMPTY, type ChatState } from '../../store/model';
import { general, message, page, RAHUL, ready, summary } from '../../testing/messages';
import { isWhole, offered } from './offered';

const user = (id: number, username: string, display_name: string): UserRef => ({
  id,
  username,
  display_name,
});
const TARA = user(3, 'tara', 'তারা সেন');
const SAMANTHA = user(4, 'samantha', 'Samantha Roy');
const SAM = user(5, 'sam', 'Zoe');
const ROY = user(6, 'ray', 'Roy Samson');
const PEER = user(7, 'samir', 'Samir');
const conversation = { name: 'private_1_7', kind: 'private', title: 'Samir', peer: PEER } as const;

const state: ChatState = applyPage(
  applyReady(EMPTY, ready(summary(), summary(conversation))),
  'general',
  page(
    [
      message(1, { sender: TARA, created_at: '2026-11-22T10:00:00.000Z' }),
      message(2, { created_at: '2026-11-22T11:00:00.000Z' }),
    ],
    2,
  ),
);

function names(query: string, more: Partial<Parameters<typeof offered>[0]> = {}): string[] {
  const given = {
    ...{ state, room: general(state), me: 1, locale: 'en', query, members: [], found: [] },
    mayCall: true,
  };
  return offered({ ...given, everybody: ['everyone', 'all', 'সবাই'], ...more }).map((it) =>
    it.kind === 'person' ? it.person.username : 'EVERYBODY',
  );
}

describe('who is offered', () => {
  it('is who spoke here last, the other members, and everybody, before anything is typed', () => {
    expect(names('', { members: [SAMANTHA], found: [ROY] })).toEqual([
      'rahul',
      'tara',
      'samantha',
      'EVERYBODY',
    ]);
  });

  it('is whose handle it is before all others', () => {
    const all = { members: [SAMANTHA], found: [SAM, SAMANTHA, ROY] };
    expect(names('sam', all)).toEqual(['sam', 'samantha', 'samir', 'ray']);
    expect(names('SAM', all)[0]).toBe('sam');
  });

  it('is a member before those one talks with, and those before strangers', () => {
    const found = [user(8, 'samba', 'Samba'), PEER, SAMANTHA];
    expect(names('sam', { members: [SAMANTHA], found })).toEqual(['samantha', 'samir', 'samba']);
  });

  it('is found by any word of the name, in any case and spelling', () => {
    expect(names('roy', { found: [SAMANTHA, ROY] })).toEqual(['ray', 'samantha']);
    expect(names('সেন')).toEqual(['tara']);
    expect(names('jose', { found: [user(9, 'j.alvarez', 'José Álvarez')] })).toEqual(['j.alvarez']);
  });

  it('is not who only has the letters within, but in scripts without blanks', () => {
    expect(names('ara')).toEqual([]);
    expect(names('太郎', { found: [user(9, 'taro', '田中太郎')] })).toEqual(['taro']);
  });

  it('is online before offline, then in the order of names', () => {
    const members = [user(11, 'zz', 'Kim 10'), user(12, 'yy', 'Kim 9'), user(13, 'xx', 'Kim 11')];
    const online = new Set([13]);
    expect(names('kim', { members, state: { ...state, online } })).toEqual(['xx', 'yy', 'zz']);
  });

  it('is never oneself, unless the whole handle is typed', () => {
    const mira = user(1, 'mira', 'Mira');
    const all = { members: [mira, user(9, 'mirabel', 'Mirabel')] };
    expect(names('mir', all)).toEqual(['mirabel']);
    expect(names('mira', all)).toEqual(['mira', 'mirabel']);
  });

  it('is at most eight', () => {
    const members = Array.from({ length: 30 }, (_, at) => user(20 + at, `kim${at}`, 'Kim'));
    expect(names('kim', { members })).toHaveLength(8);
    expect(names('', { members })).toHaveLength(8);
    expect(names('', { members }).at(-1)).toBe('EVERYBODY');
  });

  it('is in a conversation the other person alone', () => {
    const peer = { ...general(state), summary: { ...general(state).summary, ...conversation } };
    expect(names('', { room: peer, found: [RAHUL] })).toEqual(['samir']);
    expect(names('ra', { room: peer, found: [RAHUL] })).toEqual([]);
    expect(names('room', { room: peer })).toEqual([]);
  });
});

describe('everybody', () => {
  it('is not offered where they cannot be called', () => {
    expect(names('room', { mayCall: false })).toEqual([]);
    expect(names('', { mayCall: false })).toEqual(['rahul', 'tara']);
  });

  it('is offered by its word, and by what people type who mean it', () => {
    expect(names('roo')).toEqual(['EVERYBODY']);
    expect(names('every')).toEqual(['EVERYBODY']);
    expect(names('সবাই')).toEqual(['EVERYBODY']);
    expect(names('e')).toEqual([]);
  });

  it('comes after people, unless it is the whole word', () => {
    const members = [user(9, 'roomi', 'Roomi')];
    expect(names('roo', { members })).toEqual(['roomi', 'EVERYBODY']);
    expect(names('room', { members })).toEqual(['EVERYBODY', 'roomi']);
  });
});

it('a handle is whole where nothing of it is left to type', () => {
  expect(isWhole({ kind: 'person', person: SAM }, 'Sam')).toBe(true);
  expect(isWhole({ kind: 'person', person: SAMANTHA }, 'sam')).toBe(false);
  expect(isWhole({ kind: 'everybody' }, 'room')).toBe(true);
});
