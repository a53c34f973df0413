import { describe, expect, it } from 'vitest';

import type { RoomState } from '../../store/model';
import { begun, dayBefore, offersFor } from './offers';

const person = (id: number, username: string, display_name: string) => ({
  id,
  username,
  display_name,
});
const ME = person(1, 'mira', 'Mira');
const PEOPLE = [
  person(2, 'jose', 'José Álvarez'),
  person(3, 'rahul', 'রাহুল'),
  person(4, 'almira', 'Almira'),
];
const ROOMS = ['general', 'tea'].map(
  (name) => ({ summary: { name, title: name, unread: 0 }, addedAt: 0 }) as unknown as RoomState,
);
const NOW = new Date(2026, 2, 1, 0, 30);

const offered = (word: string) =>
  offersFor({ word, people: PEOPLE, rooms: ROOMS, me: ME, locale: 'en', now: NOW }).map(
    ({ chip }) => `${chip.kind}:${chip.value}`,
  );

describe('an operator that is begun', () => {
  it.each([
    ['from:', { kind: 'from', value: '' }],
    ['From:@mi', { kind: 'from', value: 'mi' }],
    ['in:ge', { kind: 'in', value: 'ge' }],
    ['from', null],
    ['https://a.example', null],
    ['x-from:mira', null],
  ])('%s', (word, expected) => {
    expect(begun(word)).toEqual(expected);
  });
});

describe('what is offered', () => {
  it('after from: is everybody who fits, oneself as “me”', () => {
    expect(offered('from:')).toEqual(['from:me', 'from:jose', 'from:rahul', 'from:almira']);
    expect(offered('from:mir')).toEqual(['from:me', 'from:almira']);
    expect(offered('from:me')).toEqual(['from:me']);
    expect(offered('from:alvarez')).toEqual(['from:jose']);
    expect(offered('from:রাহু')).toEqual(['from:rahul']);
  });

  it('for a word is whoever’s name begins with it, and nobody for a letter', () => {
    expect(offered('jose')).toEqual(['from:jose']);
    expect(offered('mira')).toEqual(['from:me']);
    expect(offered('j')).toEqual([]);
    expect(offered('')).toEqual([]);
  });

  it('after in: are one’s own rooms', () => {
    expect(offered('in:te')).toEqual(['in:tea']);
  });

  it('after has:, mentions: and the days is what they may want', () => {
    expect(offered('has:')).toEqual(['has:image', 'has:audio', 'has:file', 'has:link']);
    expect(offered('has:li')).toEqual(['has:link']);
    expect(offered('has:nothing')).toEqual([]);
    expect(offered('mentions:')).toEqual(['mentions:me']);
    expect(offered('after:')).toEqual([
      'after:2026-03-01',
      'after:2026-02-28',
      'after:2026-02-22',
      'after:2026-01-30',
    ]);
    expect(offered('before:2026-02')).toEqual(['before:2026-02-28', 'before:2026-02-22']);
  });
});

it('a day is that of the person’s clock', () => {
  expect(dayBefore(NOW, 0)).toBe('2026-03-01');
  expect(dayBefore(new Date(2024, 0, 1), 1)).toBe('2023-12-31');
});
