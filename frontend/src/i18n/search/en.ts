// English, of the search alone: it is loaded with it.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  title: 'Search',
  field: 'What you are looking for',
  placeholder: 'Search messages',
  clear: 'Clear the search',
  scope: 'Where to search',
  everywhere: 'Everywhere',
  results: 'Results',
  messages: 'Messages',
  goTo: 'Go to',
  narrow: 'Narrow it down',
  recent: 'Recent searches',
  forget: 'Clear',
  found: (count: number) =>
    plural('en', count, { one: '1 message found', other: `${n(count)} messages found` }),
  foundMore: (count: number) => `${n(count)} messages found, and there are more`,
  further: 'Look further back',
  partial: 'That took long: there may be more than is shown.',
  indexing: 'Older messages are still being prepared, so some may not be found yet.',
  none: 'Nothing was found.',
  noneHint: 'Try fewer letters or words. Parts of words are found too.',
  noneChips: 'A filter may be hiding it.',
  withoutFilters: 'Search without filters',
  everywhereInstead: 'Search everywhere instead',
  busy: 'That was a lot of searching. It goes on by itself in a moment.',
  offline: 'You are offline. The search goes on when you are back.',
  failed: 'The search did not work.',
  start: 'Find anything that was said, in any language.',
  startHint:
    'All words must match, also parts of them. Put “quotes” around what belongs together. Filters can be typed too:',
  filters: 'Filters',
  addFilter: 'Add a filter',
  /** What a chip says; where there is more to say of it, its name is put in. */
  chip: {
    from: (name: string) => `From ${name}`,
    fromMe: 'From you',
    in: (title: string) => `In ${title}`,
    with: (name: string) => `With ${name}`,
    before: (day: string) => `Before ${day}`,
    after: (day: string) => `Since ${day}`,
    mentions: 'Mentions you',
    has: { image: 'Pictures', audio: 'Voice messages', file: 'Files', link: 'Links' },
  },
  remove: (chip: string) => `Remove the filter: ${chip}`,
  offer: {
    from: 'From…',
    in: 'In…',
    before: 'Before…',
    after: 'Since…',
  },
  day: 'Day',
  addDay: 'Add',
  hits: 'Search results in this room',
  place: (at: number, of: string) => `${n(at)} of ${of}`,
  atLeast: (count: number) => `${n(count)}+`,
  next: 'Next result, further back',
  previous: 'Previous result, further on',
  close: 'End the search',
};

export type SearchWords = typeof en;
