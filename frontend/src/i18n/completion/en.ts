// English, of what is completed while one writes: it is loaded with it.

export const en = {
  people: 'Whom you mean',
  emoji: 'Which emoji you mean',
  everybody: 'Everybody in this room',
  here: 'Here now',
  /** What people type who mean everybody. */
  everybodyToo: 'everybody everyone all channel here',
};

export type CompletionWords = typeof en;
