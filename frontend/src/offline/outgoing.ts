// A message on its way, as it is shown and as it is stored.
import type { Problem } from '../api/types';

/** A no: the server's code and its words; or ours, where it says nothing or cannot read what was sent. */
export interface Refusal {
  code: Problem['code'] | 'unanswered' | 'unreadable' | 'changed';
  detail: string;
  /** Which one it is about of what the message carries, where it carries more … */
  name?: string;
  /** … and what that was to be. */
  about?: Load['kind'];
}

/** What is sent. */
export type Content = { kind: 'text'; text: string } | Voice | Parcel;

/** A voice message. */
export interface Voice {
  kind: 'voice';
  recording: Blob;
  /** How loud it is, in parts from 0 to 1, where that is known. */
  waveform?: readonly number[];
  durationMs: number;
  /** What the server calls it, once it is there. */
  media: string | null;
  upload?: string | null;
}

/** Pictures and files, and what is said of them: may be empty. */
export interface Parcel {
  kind: 'parcel';
  text: string;
  attachments: readonly Attachment[];
}

/** One thing that a message carries. */
export interface Load {
  /** What the server is to make of it. */
  kind: 'audio' | 'image' | 'file';
  file: Blob;
  name: string;
  /** What the server calls it, once it is there. */
  media: string | null;
  /** What the server calls the upload that was begun of it, where that goes on where it stopped. */
  upload?: string | null;
}

/** A picture, with its size as this browser shows it, in pixels; or any other file. */
export type Attachment =
  (Load & { kind: 'image'; width: number; height: number }) | (Load & { kind: 'file' });

/** How far it has got. */
export type OutgoingState =
  /** What it carries is not on the server yet: others are sent before it. So many bytes of what is on its way
   *  have gone. */
  | { kind: 'uploading'; sent: number }
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
  const { kind, text, recording, waveform, durationMs, media, upload, attachments } = content;
  if (kind === 'text') return typeof text === 'string';
  if (kind === 'parcel') {
    const isList = Array.isArray(attachments) && attachments.length > 0;
    return typeof text === 'string' && isList && attachments.every(isAttachment);
  }
  const isDrawn = waveform === undefined || isNumbers(waveform);
  const isSound = recording instanceof Blob && typeof durationMs === 'number' && isDrawn;
  return kind === 'voice' && isSound && isName(media) && isName(upload ?? null);
}

function isNumbers(stored: unknown): boolean {
  return Array.isArray(stored) && stored.every((it) => typeof it === 'number');
}

function isAttachment(stored: unknown): stored is Attachment {
  if (!isRecord(stored)) return false;
  const { kind, file, name, media, upload, width, height } = stored;
  const isMeasured = [width, height].every((length) => typeof length === 'number' && length > 0);
  const isKnown = kind === 'file' || (kind === 'image' && isMeasured);
  const isNamed = typeof name === 'string' && isName(media) && isName(upload ?? null);
  return isKnown && file instanceof Blob && isNamed;
}

/** Whether it can be what the server calls something, or is none yet. */
function isName(media: unknown): boolean {
  return media === null || typeof media === 'string';
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

/** A message as it is stored: what it carries stands beside it. */
export function withoutFiles(entry: Outgoing): unknown {
  const { content } = entry;
  switch (content.kind) {
    case 'text':
      return entry;
    case 'voice':
      return { ...entry, content: { ...content, recording: null } };
    case 'parcel': {
      const attachments = content.attachments.map((it) => ({ ...it, file: null }));
      return { ...entry, content: { ...content, attachments } };
    }
  }
}

/** A message that was stored, with what stands beside it, if it is one; earlier versions stored both as one. */
export function withFiles(stored: unknown, files: readonly unknown[]): unknown {
  if (files.length === 0 || !isRecord(stored) || !isRecord(stored['content'])) return stored;
  const { content } = stored;
  const { kind, attachments } = content;
  if (kind === 'voice') return { ...stored, content: { ...content, recording: files[0] } };
  if (!Array.isArray(attachments)) return stored;
  const whole = attachments.map((it: unknown, at) =>
    isRecord(it) ? { ...it, file: files[at] } : it,
  );
  return { ...stored, content: { ...content, attachments: whole } };
}

/** A recording of a minute: what is larger would keep what is written after it from the connection. */
const MOST_IN_FRAME = 256 * 1024;

/** Whether it is a recording that goes within the frame of its message, and is not uploaded before. */
export function goesInFrame(content: Content): content is Voice {
  return (
    content.kind === 'voice' && content.media === null && content.recording.size <= MOST_IN_FRAME
  );
}

/** What a message carries, in its order. */
export function loadsOf(content: Content): readonly Load[] {
  switch (content.kind) {
    case 'text':
      return [];
    case 'voice':
      return [{ ...content, kind: 'audio', file: content.recording, name: 'voice' }];
    case 'parcel':
      return content.attachments;
  }
}

/** The same content, of whose loads one is called so by the server now; by `null` it is to be uploaded. */
export function named(content: Content, at: number, media: string | null): Content {
  return further(content, at, { media, upload: null });
}

/** The same content, of whose loads one has come so much further. */
export function further(
  content: Content,
  at: number,
  change: Partial<Pick<Load, 'media' | 'upload'>>,
): Content {
  switch (content.kind) {
    case 'text':
      return content;
    case 'voice':
      return { ...content, ...change };
    case 'parcel': {
      const attachments = content.attachments.map((it, index) =>
        index === at ? { ...it, ...change } : it,
      );
      return { ...content, attachments };
    }
  }
}

/** The uploads that were begun of it and are not at their end. */
export function unfinishedOf(content: Content): readonly string[] {
  return loadsOf(content).flatMap(({ media, upload }) => (media === null && upload ? upload : []));
}

/** Where a message begins that is new, is tried again, or has come a step further. */
export function begun(content: Content): OutgoingState {
  const isThere = loadsOf(content).every(({ media }) => media !== null);
  return isThere ? { kind: 'ready' } : { kind: 'uploading', sent: 0 };
}

/** How much of what a message carries is on the server, of 1. */
export function shareSent({ content, state }: Pick<Outgoing, 'content' | 'state'>): number {
  const loads = loadsOf(content);
  const whole = loads.reduce((sum, { file }) => sum + file.size, 0);
  const there = loads.reduce((sum, { file, media }) => sum + (media === null ? 0 : file.size), 0);
  const sent = state.kind === 'uploading' ? there + state.sent : there;
  return whole === 0 ? 1 : Math.min(1, sent / whole);
}

/** How many bytes of messages on their way the server does not have yet. */
export function bytesToSend(entries: readonly Outgoing[]): number {
  const waiting = entries.filter(({ state }) => state.kind !== 'refused');
  const loads = waiting.flatMap(({ content }) => loadsOf(content));
  // What was announced the server counts already.
  const missing = loads.filter(({ media, upload }) => media === null && !upload);
  return missing.reduce((sum, { file }) => sum + file.size, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
