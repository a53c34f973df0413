// The sentences of the switcher, in English: loaded with what shows them.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  placeholder: 'Find a room or a person',
  recent: 'Recent',
  own: 'Your rooms and conversations',
  publicRooms: 'Public rooms',
  found: (count: number) => plural('en', count, { one: '1 choice', other: `${n(count)} choices` }),
  none: (query: string) => `Nobody and no room is called “${query}”.`,
  noneHint: 'Try fewer letters.',
  failed: 'Only your own rooms are shown: the others could not be loaded.',
};

export type SwitcherWords = typeof en;
