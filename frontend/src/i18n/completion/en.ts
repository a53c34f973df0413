// English, of what is completed or pasted while one writes: it is loaded with it.

export const en = {
  people: 'Whom you mean',
  emoji: 'Which emoji you mean',
  everybody: 'Everybody in this room',
  here: 'Here now',
  cut: 'That is very long: only its beginning was pasted.',
  /** What people type who mean everybody. */
  everybodyToo: 'everybody everyone all channel here',
};

export type CompletionWords = typeof en;
