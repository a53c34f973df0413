// English, of what calls for attention alone: it is loaded after the first view.
export const en = {
  title: 'Notifications',
  hint: 'For this browser, while Adda is open in it and you look elsewhere.',
  desktop: 'Notifications on the desktop',
  desktopHint:
    'For private messages, and where you are mentioned. Choose something else for a room in its details.',
  sound: 'Sound',
  soundHint: 'A short one, for the same messages.',
  hear: 'Listen to it',
  denied:
    'Your browser does not let Adda show notifications. Allow them beside the address of this page, and turn this on again.',
  unable: 'This browser shows no notifications of a page.',
  missed: (name: string) =>
    `${name} wrote while you looked elsewhere. Would you like to be told next time?`,
  turnOn: 'Turn on notifications',
  notNow: 'Not now',
  ofRoom: 'Notify me of',
  levels: { all: 'Everything', mentions: 'Mentions', nothing: 'Nothing' },
  notChanged: 'That could not be changed. Try again.',
};

export type AttentionWords = typeof en;
