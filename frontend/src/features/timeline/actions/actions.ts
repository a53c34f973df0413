// What can be done with a message, the most wanted first: one list, from which the bar at the message, the menu
// and the sheet are drawn.
import type { Message } from '../../../api/types';
import type { I18n } from '../../../i18n/index.svelte';
import type { Outgoing } from '../../../offline/outgoing';
import { roomPath } from '../../../router.svelte';
import { roomOf } from '../../../store/model';
import { calledApart } from '../../../store/names';
import { isEditable } from '../../../store/timeline';
import type { IconName } from '../../../ui/icons';
import type { App, Chat } from '../../context';
import { copyWithToast } from '../../copy';
import { plainly } from '../../format/chosen.svelte';
import { foundIn, mayBeFormatted } from '../../format/wanted';
import { openCard } from '../../people/card.svelte';
import { deleting } from '../deleting.svelte';
import { readers } from '../readers.svelte';
import type { Row } from '../rows';

export interface Action {
  id: string;
  icon: IconName;
  label: string;
  /** Whether something is lost by it. */
  isDanger?: boolean;
  run: () => unknown;
}

/** What the actions act by. */
export interface Means {
  app: Pick<App, 'api'>;
  chat: Chat;
  i18n: I18n;
  onEdit: (message: Message) => void;
}

/** Of what stands there without a message, and of what was deleted, there is none. */
export function actionsOf(row: Row | undefined, means: Means): Action[] {
  if (row?.kind === 'outgoing') return ofOutgoing(row.entry, means);
  if (row?.kind !== 'message' || row.message.deleted_at !== undefined) return [];
  return ofMessage(row.message, row.isOwn, means);
}

function ofMessage(message: Message, isOwn: boolean, { app, chat, i18n, onEdit }: Means): Action[] {
  const { t } = i18n;
  const { state } = chat.store;
  const { id, text, room, seq } = message;
  const isPrivate = roomOf(state, room)?.summary.kind === 'private';
  const mayChange = isOwn && state.rooms.has(room);
  const actions: (Action | false)[] = [
    mayChange &&
      isEditable(message) && {
        id: 'edit',
        icon: 'edit',
        label: text === undefined ? t.timeline.addCaption : t.timeline.edit,
        run: () => onEdit(message),
      },
    text !== undefined && copyOf(text, i18n),
    {
      id: 'link',
      icon: 'link',
      label: t.timeline.copyLink,
      run: () => copyWithToast(i18n, location.origin + roomPath(room, seq)),
    },
    text !== undefined &&
      mayBeFormatted(text, foundIn(message)) && {
        id: 'written',
        icon: 'code',
        label: plainly.has(id) ? t.timeline.showFormatted : t.timeline.showWritten,
        run: () => plainly.toggle(id),
      },
    !isOwn && {
      id: 'person',
      icon: 'person',
      label: t.rooms.about(calledApart(state, message.sender)),
      run: () => openCard(message.sender),
    },
    isOwn &&
      !isPrivate && {
        id: 'read-by',
        icon: 'checks',
        label: t.timeline.readBy,
        run: () => readers.ask(app.api, message),
      },
    mayChange && {
      id: 'delete',
      icon: 'trash',
      label: t.timeline.remove,
      isDanger: true,
      run: () => deleting.ask(chat, message),
    },
  ];
  return actions.filter((action) => action !== false);
}

function ofOutgoing({ clientId, content, state }: Outgoing, { chat, i18n }: Means): Action[] {
  const { t } = i18n;
  const isRefused = state.kind === 'refused';
  const actions: (Action | false)[] = [
    isRefused && {
      id: 'retry',
      icon: 'retry',
      label: t.timeline.retry,
      run: () => chat.outbox.retry(clientId),
    },
    content.kind !== 'voice' && content.text !== '' && copyOf(content.text, i18n),
    isRefused && {
      id: 'discard',
      icon: 'trash',
      label: t.timeline.discard,
      isDanger: true,
      run: () => {
        chat.player.forget(clientId);
        return chat.outbox.discard(clientId);
      },
    },
  ];
  return actions.filter((action) => action !== false);
}

function copyOf(text: string, i18n: I18n): Action {
  const run = () => copyWithToast(i18n, text);
  return { id: 'copy', icon: 'copy', label: i18n.t.timeline.copyText, run };
}
