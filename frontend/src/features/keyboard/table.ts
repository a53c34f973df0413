// Every key of the app, by where it is pressed: pure.
import type { KeyWords } from '../../i18n/keys/en';

/** Keys that are held together. Several of them are one or the other. */
export type Chord = readonly string[];

export interface Row {
  chords: readonly Chord[];
  what: string;
}

export interface Place {
  title: string;
  rows: Row[];
}

/** What is printed on the keys of a Mac, and on all others. */
const APPLE: Record<string, string> = {
  Mod: '⌘',
  Alt: '⌥',
  Shift: '⇧',
  Enter: '↩',
  Tab: '⇥',
  Esc: 'esc',
  PageUp: 'fn ↑',
  PageDown: 'fn ↓',
  Home: 'fn ←',
  End: 'fn →',
};
const OTHERS: Record<string, string> = { Mod: 'Ctrl', PageUp: 'Page Up', PageDown: 'Page Down' };

/** `Alt+Shift+↑` in keys, as they are printed. */
function chord(keys: string, apple: boolean): Chord {
  const printed = apple ? APPLE : OTHERS;
  return keys.split('+').map((key) => printed[key] ?? key);
}

export function table(words: KeyWords, apple: boolean): Place[] {
  const { places, everywhere, writing, messages, lists, search, pictures, voice } = words;
  const row = (what: string, ...keys: string[]): Row => ({
    what,
    chords: keys.map((it) => chord(it, apple)),
  });
  return [
    {
      title: places.everywhere,
      rows: [
        row(everywhere.switcher, 'Mod+K'),
        row(everywhere.search, 'Mod+F'),
        row(everywhere.above, 'Alt+↑'),
        row(everywhere.below, 'Alt+↓'),
        row(everywhere.unreadAbove, 'Alt+Shift+↑'),
        row(everywhere.unreadBelow, 'Alt+Shift+↓'),
        { what: everywhere.write, chords: [[words.letter]] },
        row(everywhere.back, 'Esc'),
        row(everywhere.sheet, '?', 'Mod+/'),
      ],
    },
    {
      title: places.writing,
      rows: [
        row(writing.send, 'Enter'),
        row(writing.sendAlways, 'Mod+Enter'),
        row(writing.newLine, 'Shift+Enter'),
        row(writing.bold, 'Mod+B'),
        row(writing.italic, 'Mod+I'),
        row(writing.editLast, '↑'),
        row(writing.mention, '@'),
        row(writing.emoji, ':'),
        row(writing.take, 'Enter', 'Tab'),
        row(writing.up, 'PageUp'),
        row(writing.down, 'PageDown'),
        row(writing.escape, 'Esc'),
      ],
    },
    {
      title: places.messages,
      rows: [
        row(messages.move, '↑', '↓'),
        row(messages.actions, 'Enter'),
        row(messages.menu, 'Shift+F10'),
        row(messages.back, 'Esc'),
      ],
    },
    {
      title: places.lists,
      rows: [row(lists.move, '↑', '↓'), row(lists.ends, 'Home', 'End'), row(lists.open, 'Enter')],
    },
    {
      title: places.search,
      rows: [
        row(search.move, '↑', '↓'),
        row(search.take, 'Tab'),
        row(search.next, 'F3', 'Enter'),
        row(search.previous, 'Shift+F3', 'Shift+Enter'),
        row(search.close, 'Esc'),
      ],
    },
    {
      title: places.pictures,
      rows: [
        row(pictures.move, '←', '→'),
        { what: pictures.zoom, chords: [['+'], ['-'], ['0']] },
        row(pictures.close, 'Esc'),
      ],
    },
    {
      title: places.voice,
      rows: [row(voice.send, 'Enter'), row(voice.cancel, 'Esc')],
    },
  ];
}
