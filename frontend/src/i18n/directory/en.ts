// The sentences of the directory of people, in English: loaded with what shows them.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  hint: 'Everybody with an account here. Write to them in private.',
  search: 'Find somebody by name',
  here: 'Online now',
  hereNone: 'Nobody else is online just now.',
  everybody: 'Everybody',
  found: (count: number) => plural('en', count, { one: '1 person', other: `${n(count)} people` }),
  none: (query: string) => `Nobody is called “${query}”.`,
  noneHint: 'Try fewer letters, or the username.',
  showAll: 'Show everybody',
  alone: 'Nobody else has an account here yet. Send your friends this address.',
  copyAddress: 'Copy the address',
  notLoaded: 'The people could not be loaded.',
};

export type DirectoryWords = typeof en;
