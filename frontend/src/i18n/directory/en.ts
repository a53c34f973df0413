// The sentences of the directories of people and rooms, in English: loaded with what shows them.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  hint: 'Everybody with an account here. Write to them in private.',
  search: 'Find somebody by name',
  here: 'Here now',
  hereNone: 'Nobody else is here just now.',
  everybody: 'Everybody',
  found: (count: number) => plural('en', count, { one: '1 person', other: `${n(count)} people` }),
  none: (query: string) => `Nobody is called “${query}”.`,
  noneHint: 'Try fewer letters, or the username.',
  showAll: 'Show everybody',
  alone: 'Nobody else has an account here yet. Send your friends this address.',
  copyAddress: 'Copy the address',
  notLoaded: 'The people could not be loaded.',
  rooms: {
    find: 'Find a room',
    hint: 'Public rooms. Anybody here may read and join.',
    empty: 'There are no rooms yet. Create the first one.',
    none: (query: string) => `No room is called “${query}”.`,
    found: (count: number) => plural('en', count, { one: '1 room', other: `${n(count)} rooms` }),
    notLoaded: 'The rooms could not be loaded.',
  },
};

export type DirectoryWords = typeof en;
