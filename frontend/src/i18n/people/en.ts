// English, of people and members alone: it is loaded with their lists and cards.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  message: 'Message',
  writeTo: (name: string) => `Write to ${name}`,
  editProfile: 'Edit your profile',
  server: 'The server speaks under this name.',
  shared: 'Rooms you share',
  noneShared: 'You share no room yet.',
  moreShared: (count: number) =>
    plural('en', count, { one: 'and 1 more', other: `and ${n(count)} more` }),
  notLoaded: 'Not everything could be loaded.',
  here: (count: number) => `Here now · ${n(count)}`,
  findMember: 'Find a member',
  noMember: (query: string) => `No member is called “${query}”.`,
  membersFound: (count: number) =>
    plural('en', count, { one: '1 member found', other: `${n(count)} members found` }),
};

export type PeopleWords = typeof en;
