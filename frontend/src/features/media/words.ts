// What a message is in one line: what it says, without its marks and with people by name, or else what it carries.
import type { Message } from '../../api/types';
import { straightened } from '../../lib/bidi';
import type { Catalogue } from '../../i18n/en';
import { formatting } from '../format/formatting.svelte';
import { foundIn } from '../format/wanted';

type Carrying = Pick<Message, 'text' | 'audio' | 'images' | 'files'> &
  Partial<Pick<Message, 'links' | 'mentions'>>;

export function inOneLine(
  { text, links = [], mentions = [], audio, images, files }: Carrying,
  t: Catalogue,
  nameOf?: (person: number) => string | undefined,
): string {
  if (text !== undefined) {
    const found = foundIn({ links, mentions });
    return straightened(formatting.of(text, found)?.plain(text, found, nameOf) ?? text);
  }
  if (audio) return t.voice.message;
  const [first, ...more] = files;
  const named = first === undefined || more.length > 0 ? t.media.files(files.length) : first.name;
  if (images.length === 0) return first === undefined ? '' : named;
  const pictures = images.length === 1 ? t.media.photo : t.media.photos(images.length);
  return first === undefined ? pictures : `${pictures}, ${named}`;
}
