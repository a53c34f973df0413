// Which texts are drawn otherwise than they were written: told from the text, without what draws them.
import type { Message } from '../../api/types';
import type { Found } from '../../lib/format/parse';

/** What nothing is drawn otherwise without: formats, addresses with other scripts, piled marks, what turns letters. */
const MARKED =
  /[`*_~\u202d\u202e]|%[\da-f]{2}|[\p{M}\u200c\u200d]{9}|^[ \t]*(?:>|[-•][ \t]|\d{1,3}[.)][ \t])/imu;

/** Signs that may be as wide as a line, or as high as several: those of scripts that have some. */
const LARGE = /[\u0b80-\u1cff\ua800-\uabff\ufdf0-\ufdff\ud800-\ud83a]/;

/** What the server found in a text. */
export function foundIn({ links, mentions }: Pick<Message, 'links' | 'mentions'>): Found[] {
  return [
    ...links,
    ...mentions.map(({ user_id, ...place }) => ({ ...place, isMention: true, userId: user_id })),
  ];
}

/** Whether a text may be drawn otherwise than it was written. */
export function mayBeFormatted(text: string, found: readonly Found[]): boolean {
  const isOwn = ({ isMention, url }: Found) => isMention || (url !== undefined && isPlace(url));
  return MARKED.test(text) || found.some(isOwn);
}

/** Whether a text may take more lines than are shown of it: whether it does is measured. */
export function mayBeLong(text: string): boolean {
  return text.length > (LARGE.test(text) ? 40 : 400) || text.split('\n', 26).length > 24;
}

/** Whether an address is one of a room here, or of a message in it. */
export function isPlace(url: string): boolean {
  return url.startsWith(`${globalThis.location?.origin}/rooms/`);
}

export function isDrawn(text: string, found: readonly Found[]): boolean {
  return found.length > 0 || mayBeFormatted(text, found) || mayBeLong(text);
}
