// The sentences of what is to be sent, in English: loaded with what shows them.
import { plural } from '../plural';

const n = (count: number) => count.toLocaleString('en');

export const en = {
  picked: 'Goes with your message',
  remove: (name: string) => `Take ${name} out`,
  tooMany: (most: number) => `A message carries at most ${n(most)}; the others were left out.`,
  tooLarge: (name: string, most: string) =>
    `“${name}” is larger than ${most}. Choose a smaller one.`,
  pictureTooLarge: (name: string, most: string) =>
    `“${name}” is larger than ${most}. Choose a smaller picture, or attach it as a file.`,
  full: (name: string, bytes: string, used: string, quota: string) =>
    `“${name}” (${bytes}) does not fit: you use ${used} of the ${quota} that you may have here. Delete some of your voice messages, pictures and files first.`,
  serverFull: (name: string, bytes: string) =>
    `“${name}” (${bytes}) does not fit: this server has not so much space left for what people send. Tell its administrator.`,
  empty: (name: string) => `“${name}” is empty, or a folder. There is nothing to send.`,
  unshown: (name: string) =>
    `“${name}” is a HEIC or AVIF picture, which not everybody could see. Send it as JPEG (an iPhone takes those when its camera is set to Most Compatible), or attach it as a file.`,
  alsoLeftOut: (count: number) =>
    plural('en', count, {
      one: '1 more was left out.',
      other: `${n(count)} more were left out.`,
    }),
};

export type TrayWords = typeof en;
