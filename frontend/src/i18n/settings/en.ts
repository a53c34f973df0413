// The sentences of the settings, in English: loaded with what shows them.

import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  profile: 'Profile',
  appearance: 'Appearance',
  scheme: 'Colours',
  schemes: { system: 'System', light: 'Light', dark: 'Dark' },
  languageSystem: 'As the browser',
  devices: 'Devices',
  thisDevice: 'This device',
  lastUsed: (when: string) => `Last used ${when}`,
  signOutDevice: 'Sign out',
  signOutOthers: 'Sign out everywhere else',
  signOutEverywhere: 'Sign out everywhere',
  allDevices: (count: number) => `Show all ${n(count)} devices`,
  unsent: 'Not sent yet',
  unsentMessages: (count: number) =>
    plural('en', count, {
      one: '1 message waits to be sent.',
      other: `${n(count)} messages wait to be sent.`,
    }),
  unsentFiles: (count: number) =>
    plural('en', count, {
      one: '1 picture or file was picked and not sent.',
      other: `${n(count)} pictures or files were picked and not sent.`,
    }),
  unsentRecordings: (count: number) =>
    plural('en', count, {
      one: '1 voice message was recorded and not sent.',
      other: `${n(count)} voice messages were recorded and not sent.`,
    }),
  unsentLost: 'This is in this browser alone. If you sign out now, it is lost.',
  stay: 'Stay signed in',
  signOutAnyway: 'Sign out anyway',
  password: 'Password',
  currentPassword: 'Current password',
  wrongPassword: 'This is not your current password.',
  newPassword: 'New password',
  changePassword: 'Change password',
  passwordChanged: 'Password changed. All your other devices were signed out.',
  unknownDevice: 'Unknown device',
  administrator: 'Administrator',
  displayNameHint: 'As others see you, in any language.',
  devicesHint: 'Where you are signed in. Sign out what you do not know.',
  device: (browser: string, system: string) => `${browser} on ${system}`,
  signedInAt: (when: string) => `signed in ${when}`,
  signedOutOthers: 'Only this device is signed in now.',
  space: 'Space',
  spaceHint:
    'What your voice messages, pictures and files take here. What you delete is free again.',
  spaceUsed: (used: string, quota: string) => `${used} of ${quota}`,
  spaceNotLoaded: 'How much you use could not be loaded.',
  devicesNotLoaded: 'The devices could not be loaded.',
  picture: 'A picture of you',
  choosePicture: 'Choose a picture',
  changePicture: 'Another picture',
  removePicture: 'Remove it',
  privacy: 'Privacy',
  privacyHint: 'It goes both ways: what you do not show, you are not shown of others.',
  showLastSeen: 'Show when I am here',
  showLastSeenHint: 'Whether others see that you are here now, and when you were last seen.',
  showReceipts: 'Show what I have read',
  showReceiptsHint: 'Whether others see that a message has reached you, and that you have read it.',
  passwordHint: 'All your other devices will have to sign in again.',
};

export type SettingsWords = typeof en;
