// What a row says, in words, for whoever comes to it by keys and does not see it.
import type { I18n } from '../../../i18n/index.svelte';
import { isolated } from '../../../lib/bidi';
import { calledApart, knownName } from '../../../store/names';
import type { Chat } from '../../context';
import { inOneLine } from '../../media/words';
import type { Row } from '../rows';

type Told = Pick<Chat, 'me' | 'store'>;

/** Who, and when. */
export function whoAndWhen(row: Row, { me, store }: Told, i18n: I18n): string {
  if (row.kind !== 'outgoing' && row.kind !== 'message') return '';
  const [person, at] =
    row.kind === 'outgoing' ? [me, row.entry.at] : [row.message.sender, row.message.created_at];
  return `${isolated(calledApart(store.state, person))}, ${i18n.time(at)}`;
}

/** And what. */
export function whole(row: Row, told: Told, i18n: I18n): string {
  return `${whoAndWhen(row, told, i18n)}: ${whatOf(row, told, i18n)}`;
}

function whatOf(row: Row, { store }: Told, { t }: I18n): string {
  if (row.kind === 'message') {
    const { message } = row;
    if (message.deleted_at !== undefined) return t.timeline.deleted;
    return inOneLine(message, t, (id) => knownName(store.state, id));
  }
  if (row.kind !== 'outgoing') return '';
  const { content, state } = row.entry;
  const isRefused = state.kind === 'refused';
  const text = content.kind === 'voice' ? t.voice.message : content.text;
  return `${text} (${isRefused ? t.timeline.failed : t.timeline.sending})`;
}
