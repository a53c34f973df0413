// A file that comes in as many requests as it takes (tus 1.0): what arrived over a line that was cut is not
// sent again. Loaded when it is wanted: it takes what it needs from the API that it is given.
import type { Api } from './client';
import type { Refused } from './errors';
import type { Watch } from './upload';

const UPLOADS = '/media/uploads';
const VERSION = { 'tus-resumable': '1.0.0' };
/** It stands elsewhere than was thought, or is gone: the next try asks where it stands. */
const STOPPED: ReadonlySet<unknown> = new Set([404, 409]);

/** What is sent. */
export interface Sent {
  kind: string;
  file: Blob;
  name: string;
  /** What the server calls the upload that was begun of it. */
  upload?: string | null;
}

/** How an upload is followed that goes on where it stopped. */
export interface Course extends Watch {
  /** The server calls it so; by `null` it is none any more. It is to be kept for the next try. */
  onBegun(upload: string | null): void;
}

/** Sends what the server does not have yet; answers what it made of the whole. */
export async function sendInParts(api: Api, file: Sent, course: Course): Promise<string> {
  const standing = file.upload ? await find(api, file.upload) : null;
  if (standing?.media) return standing.media;
  const upload = standing && file.upload ? file.upload : await begin(api, file);
  if (upload !== file.upload) course.onBegun(upload);
  course.signal.throwIfAborted();
  const offset = standing?.offset ?? 0;
  course.onProgress(offset);
  try {
    return await goOn(api, upload, file.file.slice(offset), offset, course);
  } catch (error) {
    if (STOPPED.has(refusalOf(error)?.problem.status)) {
      throw new Error('The upload stopped.', { cause: error });
    }
    if (refusalOf(error)?.isTemporary === false) {
      course.onBegun(null);
      void giveUp(api, upload);
    }
    throw error;
  }
}

/** The server may forget it. Where it does not hear that, it forgets it after a day. */
export async function giveUp(api: Api, upload: string): Promise<void> {
  await api.request('DELETE', `${UPLOADS}/${upload}`, VERSION).catch(() => {});
}

interface Standing {
  offset: number;
  media: string | null;
}

/** Where it stands; `null` where it is none any more. */
async function find(api: Api, upload: string): Promise<Standing | null> {
  try {
    const { headers } = await api.request('HEAD', `${UPLOADS}/${upload}`, VERSION);
    const offset = Number(headers.get('upload-offset'));
    return { offset, media: headers.get('upload-media-id') };
  } catch (error) {
    if (refusalOf(error)?.problem.status === 404) return null;
    throw error;
  }
}

async function begin(api: Api, { kind, file, name }: Sent): Promise<string> {
  const { headers } = await api.request('POST', UPLOADS, {
    ...VERSION,
    'upload-length': String(file.size),
    'upload-metadata': `kind ${base64(kind)},filename ${base64(name)}`,
  });
  return headers.get('location')?.split('/').at(-1) ?? '';
}

async function goOn(
  api: Api,
  upload: string,
  body: Blob,
  offset: number,
  { onProgress, signal }: Course,
): Promise<string> {
  const more = {
    ...VERSION,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
  };
  const watch = { onProgress: (bytes: number) => onProgress(offset + bytes), signal };
  const answer = await api.request('PATCH', `${UPLOADS}/${upload}`, more, { body, watch });
  const media = answer.headers.get('upload-media-id');
  if (media === null) throw new Error('The upload stopped.');
  return media;
}

/** What the server said, where it said no. */
function refusalOf(error: unknown): Refused | null {
  return error instanceof Error && 'problem' in error ? (error as Refused) : null;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
