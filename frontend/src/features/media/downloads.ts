// Fetches what a message carries into the browser's downloads.
import type { Message } from '../../api/types';
import type { Addresses } from '../../store/addresses';

/** Where something in a message is. */
export type Where = (message: Message) => string | undefined;

/** The best address of it that is known here; none once the message does not carry it any more. */
export function hrefOf(addresses: Addresses, message: Message, where: Where): string | undefined {
  const url = where(addresses.best(message));
  return url === undefined ? undefined : addresses.here(url);
}

/** Lets a link go where it leads while that is good; else asks for where it is now, and goes there. */
export async function download(
  event: MouseEvent,
  addresses: Addresses,
  message: Message,
  where: Where,
  name: string,
): Promise<void> {
  if (addresses.isGood(addresses.best(message))) return;
  event.preventDefault();
  const url = where(await addresses.fresh(message));
  if (url === undefined) throw new Error('The message does not carry it any more.');
  const link = document.createElement('a');
  link.href = addresses.here(url);
  link.download = name;
  link.click();
}

const ENDINGS: Partial<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
};

/** What a picture is called on the disk: it may be of another type than what was sent. */
export function diskName(called: string, mime: string): string {
  const ending = ENDINGS[mime];
  if (ending === undefined) return called;
  const stem = called.replace(/\.(jpe?g|png|webp|gif)$/i, '');
  return `${stem}.${ending}`;
}
