// How files are told apart and called, where nothing of them is shown.
import { graphemes } from '../../lib/graphemes';
import type { IconName } from '../../ui/icons';

const ARCHIVES = /\.(zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$/i;
const TEXTS = /\.(pdf|docx?|odt|rtf|md|txt|csv|xlsx?|ods|pptx?|odp|epub)$/i;

/** The drawing for a file, by what it says that it is. */
export function iconOf(mime: string, name: string): IconName {
  const [family] = mime.split('/');
  if (family === 'image') return 'picture';
  if (family === 'video') return 'film';
  if (family === 'audio') return 'sound';
  if (ARCHIVES.test(name)) return 'archive';
  if (family === 'text' || TEXTS.test(name)) return 'document';
  return 'file';
}

/** So many characters stay at the end of a name that is too long: the kind, and the number before it. */
const TAIL = 9;

/** A name in two: the second part is always shown, the first as far as there is space. */
export function halves(name: string): [head: string, tail: string] {
  const characters = [...graphemes(name)];
  if (characters.length <= TAIL * 2) return [name, ''];
  return [characters.slice(0, -TAIL).join(''), characters.slice(-TAIL).join('')];
}

/** So much of a name stands within a sentence, before its end. */
const HEAD = 24;

/** A name within a sentence: of a long one its beginning and its end. */
export function inShort(name: string): string {
  const characters = [...graphemes(name)];
  if (characters.length <= HEAD + TAIL + 1) return name;
  return `${characters.slice(0, HEAD).join('')}…${characters.slice(-TAIL).join('')}`;
}
