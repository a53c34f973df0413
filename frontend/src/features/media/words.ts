// What a message is in one line: what it says, or else what it carries.
import type { Message } from '../../api/types';
import type { Catalogue } from '../../i18n/en';

type Carrying = Pick<Message, 'text' | 'audio' | 'images' | 'files'>;

export function inOneLine({ text, audio, images, files }: Carrying, t: Catalogue): string {
  if (text !== undefined) return text;
  if (audio) return t.voice.message;
  const [first, ...more] = files;
  const named = first === undefined || more.length > 0 ? t.media.files(files.length) : first.name;
  if (images.length === 0) return first === undefined ? '' : named;
  const pictures = images.length === 1 ? t.media.photo : t.media.photos(images.length);
  return first === undefined ? pictures : `${pictures}, ${named}`;
}
