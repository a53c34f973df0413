import { expect, test } from 'vitest';

import type { DirectoryRoom, User } from '../../api/types';
import { applyReady } from '../../store/apply';
import { EMPTY } from '../../store/model';
import { RAHUL, ready, summary } from '../../testing/messages';
import { choicesFor } from './choices';

const user = (id: number, username: string, display_name: string): User => ({
  id,
  username,
  display_name,
  online: false,
});
const room = (name: string): DirectoryRoom => ({
  name,
  title: name,
  member_count: 1,
  online_count: 0,
  is_member: false,
});

const conversation = { name: 'private_1_2', kind: 'private', title: 'Rahul', peer: RAHUL } as const;
const given = {
  state: applyReady(EMPTY, ready(summary(), summary(conversation))),
  me: 1,
  locale: 'en',
  open: null,
  people: [user(1, 'mira', 'Mira'), user(2, 'rahul', 'Rahul'), user(3, 'rahima', 'Rahima')],
  rooms: [room('general'), room('rahmania')],
};

const keys = (query: string) => {
  const { own, people, rooms } = choicesFor({ ...given, query });
  return [own, people, rooms].map((group) => group.map((choice) => choice.key));
};

test('people come after one’s own rooms, without those who are listed already', () => {
  expect(keys('rah')).toEqual([['own-private_1_2'], ['person-3'], ['public-rahmania']]);
});

test('what was found for fewer letters is gone where it fits no longer', () => {
  expect(keys('rahi')).toEqual([[], ['person-3'], []]);
  expect(keys('mira')).toEqual([[], [], []]);
});

test('without a query there are one’s own rooms alone', () => {
  expect(keys('')).toEqual([['own-general', 'own-private_1_2'], [], []]);
});

test('who or what is called just so comes before one’s own rooms that only have it within', () => {
  const order = (query: string) => {
    const choices = choicesFor({ ...given, query });
    return choices.order.filter((part) => choices[part].length > 0);
  };
  expect(order('rah')).toEqual(['own', 'people', 'rooms']);
  const admiral = {
    ...given,
    state: applyReady(EMPTY, ready(summary({ title: 'Admirals' }))),
    me: 9,
  };
  const choices = choicesFor({ ...admiral, query: 'mira' });
  expect(choices.order[0]).toBe('people');
  expect(choices.isCertain).toBe(false);
  expect(choicesFor({ ...admiral, query: 'adm' }).isCertain).toBe(true);
});

test('of many people the best are listed, wherever the server has them', () => {
  const many = Array.from({ length: 30 }, (_, at) => user(10 + at, `x${at}`, `Aa ${at} Sam`));
  const people = [...many, user(99, 'sam', 'Zoe')];
  const found = choicesFor({ ...given, people, query: 'sam' }).people;
  expect(found[0]?.key).toBe('person-99');
  expect(found[1]?.key).toBe('person-10');
  expect(found).toHaveLength(8);
});
