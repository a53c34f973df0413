// An address as a person reads it.
import { exposed } from '../../lib/bidi';
import { honest } from '../../lib/format/host';

/** What is never shown decoded: it would not be seen, would turn the address, or mean something in it. */
const HIDDEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800/?#%&=+;:@\\<>"'`|^{}[\]]/u;
const ESCAPED = /(?:%[\da-f]{2})+/gi;

/** With the letters of other scripts in its path instead of the bytes that stand for them, and with a host that is
 *  no other's. */
export function readable(address: string): string {
  return exposed(honest(address)).replace(ESCAPED, (bytes) =>
    // One letter after the other: of a stretch, what may be shown is.
    bytes.replace(LETTER, (letter) => {
      try {
        const shown = decodeURIComponent(letter);
        return HIDDEN.test(shown) ? letter : shown;
      } catch {
        return letter;
      }
    }),
  );
}

/** The bytes of one letter beyond ASCII, or of one that is in it. */
const LETTER =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-7](?:%[89ab][\da-f]){3})/gi;
