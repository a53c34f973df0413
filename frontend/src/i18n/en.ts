// English, and the shape of every other catalogue: one that lacks a sentence does not compile.
import type { Code } from '../api/types';
import { plural } from './plural';

const n = (count: number) => count.toLocaleString('en');

/** How the server's fields are called here. */
const FIELDS: Record<string, string> = {
  username: 'The username',
  name: 'The address',
  file: 'The picture',
  password: 'The password',
  new_password: 'The password',
  current_password: 'The current password',
  display_name: 'Your name',
  title: 'The title',
  topic: 'The topic',
  emoji: 'The emoji',
  text: 'The text',
  setup_token: 'This link',
};

/** Where the server's own words on the characters of a field are too technical. */
const RULES: Record<string, string> = {
  username:
    'Use 2 to 32 of a–z, 0–9, dot, hyphen and underscore; begin and end with a letter or a digit.',
  name: 'Use a–z, 0–9, hyphen and underscore; begin with a letter or a digit.',
};

export const en = {
  formats: {
    /** A date or a time, in the letters and digits of the language alone. */
    written: (format: Intl.DateTimeFormat, date: Date): string => format.format(date),
    units: 'short' as 'short' | 'long',
  },
  app: {
    name: 'Adda',
    tagline: 'The long talk among friends.',
    loading: 'Loading…',
    unreachable: 'The server cannot be reached.',
    unanswered: 'The server did not answer. Try again.',
    copyFailed: 'It could not be copied. Mark the text and copy it by hand.',
    tryAgain: 'Try again',
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    saved: 'Saved',
    back: 'Back',
    skipToConversation: 'Skip to the conversation',
    keys: 'Keyboard shortcuts',
    notFound: 'There is nothing at this address.',
    goHome: 'Go to your rooms',
    somethingFailed: 'That did not work. Try again.',
    notShown: 'This cannot be shown here.',
    partFailed: 'This part of the page has broken. The rest goes on.',
    cannotRun: 'Adda cannot run in this browser. Bring it up to date, or try another one.',
  },
  elsewhere: {
    title: 'Adda is at another address',
    notHere: (here: string) => `${here} is not the address of this server. Open this one instead:`,
    forAdministrator: (here: string) =>
      `For the administrator: if people should use it here as well, add ${here} to ADDA_ALLOWED_ORIGINS.`,
  },
  browser: {
    noCookies: 'Your browser keeps no cookies: you stay signed in until this page is closed.',
    noDatabase:
      'Your browser keeps nothing for Adda: what you have not sent is lost when this page is closed.',
    noSpace:
      'Your browser has no space left: what you have not sent is lost when this page is closed.',
    superseded: 'A newer version of Adda is open in another tab.',
    reload: 'Reload to use it here',
    understood: 'All right',
  },
  auth: {
    signIn: 'Sign in',
    signUp: 'Create account',
    signInTitle: 'Welcome back',
    signUpTitle: 'Create account',
    setupTitle: 'Set up Adda',
    setupHint: 'This is the first account. It is the administrator’s.',
    setupWithoutToken: 'This link is not complete. Open the whole link that the server printed.',
    username: 'Username',
    usernameHint: '2 to 32 of a–z, 0–9, dot, hyphen and underscore.',
    displayName: 'Name',
    displayNameHint: 'As others see you. You can change it later.',
    password: 'Password',
    passwordHint: 'At least 8 characters. A sentence is good.',
    showPassword: 'Show the password',
    hidePassword: 'Hide the password',
    newHere: 'New here?',
    hasAccount: 'Already have an account?',
    signOut: 'Sign out',
    signedOutElsewhere: 'This device was signed out. Sign in again to go on.',
  },
  rooms: {
    yours: 'Your rooms',
    none: 'You are in no room yet.',
    browse: 'Browse rooms',
    create: 'New room',
    directory: 'Rooms',
    join: 'Join',
    open: 'Open',
    members: (count: number) =>
      plural('en', count, { one: '1 member', other: `${n(count)} members` }),
    unread: (count: number) =>
      plural('en', count, { one: '1 unread message', other: `${n(count)} unread messages` }),
    unreadMany: 'More than 99 unread messages',
    you: 'You',
    deleted: 'Message deleted',
    noMessages: 'No messages yet',
    more: 'Show more',
    gone: 'This room does not exist, or you may not see it.',
    details: 'About this room',
    about: (title: string) => `About ${title}`,
    loadFailed: 'The room could not be loaded.',
    noneHint: 'Look around: there is always a free chair.',
    account: 'Your account',
    mentions: (count: number) =>
      plural('en', count, { one: '1 names you', other: `${n(count)} name you` }),
    search: 'Search messages',
    unknownHint: 'The link may be old, or cut short.',
  },
  list: {
    show: 'Show',
    filters: { all: 'All', unread: 'Unread', people: 'People', rooms: 'Rooms' },
    withUnread: (count: number) => `(${n(count)} with something unread)`,
    add: 'Somebody or something new',
    draft: 'Draft',
    typing: 'typing…',
    recording: 'recording…',
    pinned: 'pinned',
    muted: 'muted',
    markedUnread: 'marked as unread',
  },
  timeline: {
    label: (title: string) => `Messages in ${title}`,
    today: 'Today',
    yesterday: 'Yesterday',
    unreadFrom: 'New messages',
    beginning: (title: string) => `This is where ${title} begins.`,
    beginningWith: (name: string) => `This is where you and ${name} begin.`,
    empty: 'Nobody has said anything yet. Say hello.',
    toLatest: 'To the latest',
    newMessages: (count: number) =>
      plural('en', count, { one: '1 new message', other: `${n(count)} new messages` }),
    loadingOlder: 'Loading older messages…',
    failedToLoad: 'The messages could not be loaded.',
    edited: 'edited',
    deleted: 'This message was deleted.',
    edit: 'Edit',
    addCaption: 'Add a caption',
    remove: 'Delete',
    removeQuestion: 'Delete this message? Everybody will see that it was there.',
    showWritten: 'Show as written',
    showFormatted: 'Show formatted',
    copyText: 'Copy text',
    copyLink: 'Copy link',
    copied: 'Copied',
    actions: 'Actions',
    sending: 'Sending',
    waiting: 'Waiting for the connection',
    ticks: {
      sent: 'Sent',
      delivered: 'Delivered',
      read: 'Read',
      'read-by-some': 'Read by somebody',
    },
    readBy: 'Read by',
    readByNobody: 'Nobody has read it yet.',
    failed: 'Not sent',
    retry: 'Try again',
    discard: 'Discard',
    notSentYet: 'Not sent yet',
    unreadable: 'The server cannot read it.',
  },
  composer: {
    label: (title: string) => `Write to ${title}`,
    placeholder: 'Write a message',
    send: 'Send',
    emoji: 'Emoji',
    emojiLoading: 'Fetching the emoji…',
    editing: 'Editing your message',
    saveEdit: 'Save',
    notSaved: 'The change was not saved. Your text is still here; try again.',
    tooLong: (left: number) =>
      plural('en', left, { one: '1 character too long', other: `${n(left)} characters too long` }),
    left: (left: number) => `${n(left)} left`,
  },
  presence: {
    here: (count: number) => `${n(count)} here`,
    online: 'Here now',
    offline: 'Away',
    lastSeen: (when: string) => `Last seen ${when}`,
    typing: (names: string[], others: number) => {
      if (others > 0) return `${names.join(', ')} and ${n(others)} more are typing…`;
      if (names.length === 1) return `${names[0]} is typing…`;
      return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are typing…`;
    },
    recording: (names: string[], others: number) => {
      if (others > 0) return `${names.join(', ')} and ${n(others)} more are recording…`;
      if (names.length === 1) return `${names[0]} is recording…`;
      return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are recording…`;
    },
  },
  people: {
    find: 'Find people',
    title: 'People',
  },
  voice: {
    message: 'Voice message',
    play: 'Play the voice message',
    pause: 'Pause the voice message',
    position: 'Position in the voice message',
    of: (at: string, whole: string) => `${at} of ${whole}`,
    speed: (speed: string) => `Speed ${speed}×; change it`,
    failed: 'The recording could not be played. Try again.',
    listened: 'Listened to',
    show: 'Show the message',
    end: 'Stop and close',
    record: 'Record a voice message',
    kept: 'This recording is not sent yet.',
    longest: 'This is as long as a voice message can be. It is not sent yet.',
    cut: 'The microphone is gone. What was recorded until then is not sent yet.',
  },
  media: {
    photo: 'Photo',
    photos: (count: number) => plural('en', count, { one: '1 photo', other: `${n(count)} photos` }),
    files: (count: number) => plural('en', count, { one: '1 file', other: `${n(count)} files` }),
    pictureFrom: (name: string) => `Picture from ${name}`,
    attach: 'Attach pictures or files',
    attachPictures: 'Pictures',
    attachFiles: 'Files',
    afterEdit: 'Goes with your next message, not with the one that you are editing.',
    changed:
      'It cannot be read any more: it was changed, moved or deleted since it was picked. Discard this message and attach it again.',
    drop: (title: string) => `Drop here to send to ${title}`,
    uploading: (percent: string) => `Uploading: ${percent}`,
    cancel: 'Cancel the upload',
    download: (name: string) => `Download ${name}`,
    open: (what: string) => `${what}; look at it`,
    play: 'Play the animation',
    failed: 'This picture could not be loaded.',
    notDownloaded: 'The file could not be fetched. Try again.',
  },
  switcher: {
    title: 'Go to',
    open: 'Find a conversation',
  },
  connection: {
    connecting: 'Connecting…',
    offline: 'You are offline. What you write is sent when you are back.',
    waiting: (seconds: number) =>
      seconds <= 0
        ? 'Connecting again…'
        : plural('en', seconds, {
            one: 'No connection. Trying again in 1 second.',
            other: `No connection. Trying again in ${n(seconds)} seconds.`,
          }),
    now: 'Now',
    stopped: 'The server closed the connection.',
    again: 'Connect again',
  },
  settings: {
    title: 'Settings',
    language: 'Language',
  },
  problems: {
    required: 'Required',
    /** A field that the server refused; its `detail` begins with a verb. */
    field: (name: string, detail: string) => {
      const rule = detail.includes('of the characters') ? RULES[name] : undefined;
      return rule ?? `${FIELDS[name] ?? 'This'} ${detail}.`;
    },
    /** By the server's code, where its own sentence is not good enough. */
    codes: {
      invalid_input: 'Something in it is not as it must be.',
      unauthorized: 'Sign in first.',
      client_id_reused: 'This message was sent before in other words.',
      rate_limited: 'That was too often. Wait a little and try again.',
      unavailable: 'The server is busy or starting. Try again in a moment.',
    } as Partial<Record<Code, string>>,
    /** What something that is sent is refused for, by what it was to be. */
    media: {
      image: {
        invalid_input:
          'The server cannot read this picture. Send it as JPEG, PNG, WebP or GIF, or attach it as a file.',
        too_large:
          'This picture has too many pixels, or moves for too long. Send a smaller one, or attach it as a file.',
      },
      audio: {
        invalid_input: 'The server cannot play this recording. Record it again.',
        too_large: 'This recording is too long: 15 minutes are the most. Send it in parts.',
      },
      file: {
        too_large: 'This file is too large. Send a smaller one.',
      },
    } as Record<'image' | 'audio' | 'file', Partial<Record<Code, string>>>,
  },
};

export type Catalogue = typeof en;
