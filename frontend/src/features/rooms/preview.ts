// What the list says below the name of a room: the nearest thing to be known of it. Pure.
import type { Message } from '../../api/types';
import type { Catalogue } from '../../i18n/en';
import { firstName } from '../../lib/firstName';
import type { Content, Outgoing } from '../../offline/outgoing';
import type { RoomState } from '../../store/model';
import { calledApart, knownName, type Acquainted } from '../../store/names';
import { inOneLine } from '../media/words';

export interface Preview {
  /** What kind of thing it is, where it is not the latest word. */
  kind: 'said' | 'none' | 'typing' | 'draft' | 'failed' | 'waiting';
  /** Who said it, or what it is. */
  lead?: string;
  text: string;
}

/** The latest messages of a room that the server does not have yet. */
export interface OnTheWay {
  last: Outgoing;
  /** Whether one of them is not sent for good. */
  hasFailed: boolean;
}

interface Known {
  me: number;
  who: Acquainted;
  t: Catalogue;
  draft?: string | undefined;
  onTheWay?: OnTheWay | undefined;
}

export function previewOf(
  room: Pick<RoomState, 'summary' | 'typing'>,
  { me, who, t, draft, onTheWay }: Known,
): Preview {
  const { summary } = room;
  const typing = typingIn(room, me, who, t);
  if (typing !== null) return { kind: 'typing', text: typing };
  if (onTheWay?.hasFailed) {
    const text = contentInOneLine(onTheWay.last.content, t);
    return { kind: 'failed', lead: t.timeline.failed, text };
  }
  if (draft !== undefined) return { kind: 'draft', lead: t.list.draft, text: draft };
  if (onTheWay) {
    const text = contentInOneLine(onTheWay.last.content, t);
    return { kind: 'waiting', lead: t.rooms.you, text };
  }
  const message = summary.last_message;
  if (!message) return { kind: 'none', text: summary.last_seq === 0 ? t.rooms.noMessages : '' };
  if (message.deleted_at) return { kind: 'none', text: t.rooms.deleted };
  const lead = leadOf(message, room, me, who, t);
  return {
    kind: 'said',
    ...(lead === null ? {} : { lead }),
    text: inOneLine(message, t, (id) => knownName(who, id)),
  };
}

/** Of two people the other one is named above. */
function leadOf(
  message: Message,
  { summary }: Pick<RoomState, 'summary'>,
  me: number,
  who: Acquainted,
  t: Catalogue,
): string | null {
  if (message.sender.id === me) return t.rooms.you;
  return summary.peer ? null : calledApart(who, message.sender, firstName);
}

function typingIn(
  { summary, typing }: Pick<RoomState, 'summary' | 'typing'>,
  me: number,
  who: Acquainted,
  t: Catalogue,
): string | null {
  const others = typing.filter(({ userId }) => userId !== me);
  if (others.length === 0) return null;
  const does = others.every(({ kind }) => kind === 'voice') ? 'recording' : 'typing';
  if (summary.peer) return t.list[does];
  // Who is not known is not asked for here: the open room does that.
  const [first] = others.flatMap(({ userId }) => knownName(who, userId, firstName) ?? []);
  return first === undefined ? t.list[does] : t.presence[does]([first], others.length - 1);
}

function contentInOneLine(content: Content, t: Catalogue): string {
  if (content.kind === 'text') return content.text;
  if (content.kind === 'voice') return t.voice.message;
  if (content.text !== '') return content.text;
  const pictures = content.attachments.filter(({ kind }) => kind === 'image').length;
  const files = content.attachments.length - pictures;
  return [pictures > 0 && t.media.photos(pictures), files > 0 && t.media.files(files)]
    .filter((part) => part !== false)
    .join(', ');
}

/** What is on its way, by room. */
export function onTheWay(outgoing: readonly Outgoing[]): ReadonlyMap<string, OnTheWay> {
  const rooms = new Map<string, OnTheWay>();
  for (const entry of outgoing) {
    const failed = entry.state.kind === 'refused';
    const known = rooms.get(entry.room);
    const hasFailed = failed || (known?.hasFailed ?? false);
    // What failed is what is shown of several.
    const last = known?.hasFailed && !failed ? known.last : entry;
    rooms.set(entry.room, { last, hasFailed });
  }
  return rooms;
}
