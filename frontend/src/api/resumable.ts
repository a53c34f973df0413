// A file that comes in as many requests as it takes (tus 1.0): what arrived over a line that was cut is not
// sent again.
import type { Api } from './client';
import { refusal, Refused, unanswered, Unreachable } from './errors';
import { sendFile, type Watch } from './upload';

const UPLOADS = '/api/v1/media/uploads';
const PATIENCE_MS = 30_000;
/** It stands elsewhere than was thought, is gone, or came too slowly: the next try asks where it stands. */
const STOPPED: ReadonlySet<number> = new Set([404, 408, 409]);

interface File {
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
export async function sendInParts(api: Api, file: File, course: Course): Promise<string> {
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
    if (error instanceof Refused && !error.isTemporary && error.problem.status !== 401) {
      course.onBegun(null);
      void giveUp(api, upload);
    }
    throw error;
  }
}

/** The server may forget it. Where it does not hear that, it forgets it after a day. */
export async function giveUp(api: Api, upload: string): Promise<void> {
  await api
    .ask(
      (token) => ask(api, 'DELETE', `${UPLOADS}/${upload}`, headers(token)),
      () => Promise.resolve(),
    )
    .catch(() => {});
}

interface Standing {
  offset: number;
  media: string | null;
}

/** Where it stands; `null` where it is none any more. */
function find(api: Api, upload: string): Promise<Standing | null> {
  return api.ask(
    (token) => ask(api, 'HEAD', `${UPLOADS}/${upload}`, headers(token)),
    async (response) => {
      if (response.status === 404) return null;
      if (!response.ok) throw await refusal(response);
      const offset = Number(response.headers.get('upload-offset'));
      return { offset, media: response.headers.get('upload-media-id') };
    },
  );
}

function begin(api: Api, { kind, file, name }: File): Promise<string> {
  return api.ask(
    (token) => {
      const more = {
        'upload-length': String(file.size),
        'upload-metadata': `kind ${base64(kind)},filename ${base64(name)}`,
      };
      return ask(api, 'POST', UPLOADS, headers(token, more));
    },
    async (response) => {
      if (!response.ok) throw await refusal(response);
      return response.headers.get('location')?.split('/').at(-1) ?? '';
    },
  );
}

function goOn(
  api: Api,
  upload: string,
  rest: Blob,
  offset: number,
  { onProgress, signal }: Course,
): Promise<string> {
  const type = 'application/offset+octet-stream';
  const more = { 'content-type': type, 'upload-offset': String(offset) };
  const watch = { onProgress: (bytes: number) => onProgress(offset + bytes), signal };
  const address = `${api.origin}${UPLOADS}/${upload}`;
  return api.ask(
    (token) => answered(sendFile('PATCH', address, headers(token, more), rest, watch)),
    async (response) => {
      const media = response.headers.get('upload-media-id');
      if (response.ok && media !== null) return media;
      const refused = await refusal(response);
      throw response.ok || STOPPED.has(response.status) ? new Unreachable(refused) : refused;
    },
    signal,
  );
}

function headers(token: string | null, more: Record<string, string> = {}): Headers {
  const headers = new Headers({ 'tus-resumable': '1.0.0', ...more });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return headers;
}

function ask(api: Api, method: string, path: string, headers: Headers): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return answered(fetch(api.origin + path, { method, headers, credentials: 'include', signal }));
}

function answered(asking: Promise<Response>): Promise<Response> {
  return asking.catch((error: unknown) => {
    throw unanswered(error);
  });
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
