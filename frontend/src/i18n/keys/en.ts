// English, of the sheet of keys alone: it is loaded with it.

export const en = {
  /** Where the keys are pressed. */
  places: {
    everywhere: 'Everywhere',
    writing: 'While you write',
    messages: 'In the messages',
    lists: 'In lists',
    search: 'In the search',
    pictures: 'In front of a picture',
    voice: 'While you record',
  },
  or: 'or',
  letter: 'Any letter',
  everywhere: {
    switcher: 'Go to a room or a person',
    search: 'Search the open room',
    above: 'The conversation above in the list',
    below: 'The one below',
    unreadAbove: 'Above, with something unread',
    unreadBelow: 'Below, with something unread',
    write: 'Begin to write',
    back: 'Close what is open; back to where you write',
    sheet: 'These keys',
  },
  writing: {
    send: 'Send',
    sendAlways: 'Send, also on a touch screen',
    newLine: 'New line',
    bold: 'What is selected bold, or not',
    italic: 'What is selected italic, or not',
    editLast: 'Change your last message, where nothing is written',
    mention: 'Mention somebody by name or username',
    emoji: 'An emoji by its name, as in :tea',
    take: 'Take what is chosen in the list',
    up: 'Scroll the messages up',
    down: 'Scroll them down',
    escape: 'Close the list, leave the change, go to the latest',
  },
  messages: {
    move: 'The message above, the one below',
    actions: 'What can be done with it',
    menu: 'The same as a menu',
    back: 'Back to where you write',
  },
  lists: {
    move: 'Up and down',
    ends: 'To the first and to the last',
    open: 'Open',
  },
  search: {
    move: 'Through what is offered and found',
    take: 'Complete a filter',
    next: 'The next result in the room, further back',
    previous: 'The previous result',
    close: 'Close the search',
  },
  pictures: {
    move: 'The previous and the next picture',
    zoom: 'Larger, smaller, as a whole',
    close: 'Close it',
  },
  voice: {
    send: 'Send the recording',
    cancel: 'Throw it away',
  },
};

export type KeyWords = typeof en;
