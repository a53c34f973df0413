// Whose an address is, as it cannot be mistaken: letters of one script can be drawn like those of another.
import { folded } from '../fold';
import { lookOf } from '../look';

const HOST = /^(?:https?:\/\/)?([^/?#:]*)/i;
/** Scripts whose letters are drawn like those of Latin. */
const LIKE_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;
const LATIN = /\p{Script=Latin}/u;
const isAscii = (text: string) => !/[^\0-\x7f]/.test(text);

/**
 * The address with each label of its host as the DNS has it that is drawn like another one: `xn--80ak6aa92e.com`
 * for what looks like `apple.com`. What can be mistaken for nothing stays as it was written.
 */
export function honest(address: string): string {
  const host = HOST.exec(address)?.[1] ?? '';
  if (isAscii(host)) return address;
  const real = realOf(host).split('.');
  const labels = host.split('.');
  const shown = labels.map((label, at) => {
    const own = real[at] ?? label;
    // Wide letters, and others that mean plain ones, lead to where those do.
    const isPlain = !own.startsWith('xn--');
    return isAscii(label) || !(isPlain || isDisguised(label)) ? label : own;
  });
  // What also means a dot makes more of them.
  const whole = real.length === labels.length ? shown : real;
  return address.replace(host, () => whole.join('.'));
}

/** Where the browser goes for a host; what it goes nowhere for stays as it is. */
function realOf(host: string): string {
  try {
    return new URL(`https://${host.toLowerCase()}`).hostname;
  } catch {
    return host;
  }
}

/** Whether a label is drawn like one of ASCII, or of scripts that are drawn like each other. */
function isDisguised(label: string): boolean {
  // Accents are seen.
  const isOfOther = !isAscii(folded(label));
  return (isOfOther && isAscii(lookOf(label))) || (LATIN.test(label) && LIKE_LATIN.test(label));
}
