// A message on its way, as it is shown and as it is stored.
import type { Problem } from '../api/types';

/** A no: the server's code and its words; or ours, where it says nothing or cannot read what was sent. */
export interface Refusal {
  code: Problem['code'] | 'unanswered' | 'unreadable';
  detail: string;
}

/** What is sent. */
export type Content = { kind: 'text'; text: string } | Voice;

/** A voice message. */
export interface Voice {
  kind: 'voice';
  recording: Blob;
  durationMs: number;
  /** What the server calls it, once it is there. */
  media: string | null;
}

/** How far it has got. */
export type OutgoingState =
  /** What it carries is not on the server yet: others are sent before it. */
  | { kind: 'uploading' }
  | { kind: 'ready' }
  /** On this connection, and not answered yet. */
  | { kind: 'sending' }
  /** For good, until the person tries again. */
  | { kind: 'refused'; refusal: Refusal };

export interface Outgoing {
  /** Made here, once: the server keeps one message for it however often it is sent. */
  clientId: string;
  userId: number;
  room: string;
  content: Content;
  state: OutgoingState;
  /** When it was written, in milliseconds; also the order of sending. */
  at: number;
  /** The tab that sends it. */
  tab: string;
}

/**
 * What was stored, if it is a message on its way; `null` for anything else: others write there too, and
 * what is on the disk may be damaged.
 */
export function readOutgoing(stored: unknown): Outgoing | null {
  if (!isRecord(stored)) return null;
  const { clientId, userId, room, content, state, at, tab } = stored;
  const isAddressed = [clientId, room, tab].every((part) => typeof part === 'string');
  const isTime = typeof at === 'number' && !Number.isNaN(new Date(at).getTime());
  const isWhole = isAddressed && typeof userId === 'number' && isTime;
  return isWhole && isContent(content) && isState(state) ? (stored as unknown as Outgoing) : null;
}

function isContent(content: unknown): content is Content {
  if (!isRecord(content)) return false;
  const { kind, text, recording, durationMs, media } = content;
  if (kind === 'text') return typeof text === 'string';
  const isNamed = media === null || typeof media === 'string';
  return kind === 'voice' && recording instanceof Blob && typeof durationMs === 'number' && isNamed;
}

function isState(state: unknown): state is OutgoingState {
  if (!isRecord(state)) return false;
  const { kind, refusal } = state;
  if (kind === 'refused') return isRecord(refusal) && typeof refusal['code'] === 'string';
  return kind === 'uploading' || kind === 'ready' || kind === 'sending';
}

/**
 * What the first version stored, as the second one does: that had a text, and a refusal or none, in the
 * place of a content and a state. Anything else stays as it is.
 */
export function withContent(stored: unknown): unknown {
  if (!isRecord(stored) || 'content' in stored || !('text' in stored)) return stored;
  const { text, refusal, ...rest } = stored;
  const state = refusal === undefined ? { kind: 'ready' } : { kind: 'refused', refusal };
  return { ...rest, content: { kind: 'text', text }, state };
}

/** Where a message begins that is new, or is tried again. */
export function begun(content: Content): OutgoingState {
  return { kind: content.kind === 'voice' && content.media === null ? 'uploading' : 'ready' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
