import { describe, expect, it, test } from 'vitest';

import { applyPage } from '../../store/pages';
import { entered, general, message, page, RAHUL } from '../../testing/messages';
import { begunAt, mentioned } from './mention';
import { offered } from './offered';

const TARA = { id: 3, username: 'tara', display_name: 'তারা' };
const room = general(
  applyPage(entered(), 'general', page([message(1, { sender: TARA }), message(2)], 2)),
);

test.each([
  ['@', { start: 0, query: '' }],
  ['tea, @ra', { start: 5, query: 'ra' }],
  ['চা @তা', { start: 3, query: 'তা' }],
  ['(@ra', { start: 1, query: 'ra' }],
  ['mail@ra', null],
  ['https://a.example/@ra', null],
  ['@ra ', null],
  ['', null],
])('%s', (text, begun) => {
  expect(begunAt(text, text.length)).toEqual(begun);
});

test('only what stands before the caret counts', () => {
  expect(begunAt('@rahul is here', 3)).toEqual({ start: 0, query: 'ra' });
});

test('a handle takes the place of what was begun, with one blank after it', () => {
  expect(mentioned('ask @ra', 7, { start: 4, query: 'ra' }, 'rahul')).toEqual({
    text: 'ask @rahul ',
    caret: 11,
  });
  expect(mentioned('@ra please', 3, { start: 0, query: 'ra' }, 'rahul')).toEqual({
    text: '@rahul please',
    caret: 6,
  });
});

describe('who is offered', () => {
  const names = (query: string, found = [RAHUL]) =>
    offered(room, { start: 0, query }, found, 1).map((person) => person.username);

  it('is who spoke last, then whom the server found', () => {
    expect(names('', [])).toEqual(['rahul', 'tara']);
    expect(names('ra', [{ id: 4, username: 'rana', display_name: 'Rana' }])).toEqual([
      'rahul',
      'tara',
      'rana',
    ]);
  });

  it('is found by the name as by the handle', () => {
    expect(names('তা')).toEqual(['tara']);
    expect(names('zz')).toEqual([]);
  });

  it('is in a conversation the other person alone, and never oneself', () => {
    const peer = { ...room, summary: { ...room.summary, peer: TARA } };
    expect(offered(peer, { start: 0, query: '' }, [RAHUL], 1)).toEqual([TARA]);
    expect(offered(peer, { start: 0, query: '' }, [RAHUL], 3)).toEqual([]);
  });
});
