// What can be done with rooms and with their list, in English: loaded with what does it.
const n = (count: number) => count.toLocaleString('en');

export const en = {
  allRead: 'All read. Nothing is waiting for you.',
  showAll: 'Show all',
  width: 'Width of the list',
  widthHint: 'Drag to change the width; press twice for the usual one',
  actions: (title: string) => `What to do with ${title}`,
  pin: 'Pin to the top',
  unpin: 'Unpin',
  mute: 'Mute',
  unmute: 'Unmute',
  markUnread: 'Mark as unread',
  markRead: 'Mark as read',
  notChanged: (why: string) => `This was not changed. ${why}`,
  emoji: 'Emoji',
  emojiHint: 'The room’s sign in all lists. Can stay empty.',
  chooseEmoji: 'Choose an emoji',
  changeEmoji: 'Another emoji',
  removeEmoji: 'Without an emoji',
  leave: 'Leave the room',
  leaveQuestion: (title: string) => `Leave ${title}? You can come back at any time.`,
  leaveConfirm: 'Leave',
  name: 'Address',
  nameHint: 'Lower-case letters, digits, hyphen and underscore. It cannot be changed.',
  roomTitle: 'Title',
  titleHint: 'In any language. Can be changed later.',
  topic: 'What is it about?',
  makeIt: 'Create room',
  edit: 'Change the room',
  topicHint: 'One line. Can stay empty.',
  createHint: 'A public room: everybody here may find it, read and join.',
  taken: 'This address is taken. Choose another.',
  unreadIn: (title: string, others: number) =>
    others === 0 ? `New: ${title}` : `New: ${title} and ${n(others)} more`,
  further: { up: '(further up)', down: '(further down)' },
  notMember: 'You are reading along. Join to write.',
  noConversations: 'You have written to nobody in private yet.',
};

export type ListWords = typeof en;
