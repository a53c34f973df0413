// Brings a file to the server: all at once, or in parts where it is so large that it should go on where it stopped.
import type { Api } from './client';
import type { Course, Sent } from './resumable';

/** What is larger goes on where it stopped, should the line be cut. */
const MOST_AT_ONCE = 2 ** 20;
const inParts = () => import('./resumable');

/** Answers what the server calls it. */
export async function sendMedia(api: Api, sent: Sent, course: Course): Promise<string> {
  const { kind, file, name, upload } = sent;
  const parts =
    file.size > MOST_AT_ONCE
      ? await inParts().catch((error: unknown) => {
          // Some browsers never try again what they could not load: all goes at once, unless it has begun.
          if (upload) throw error;
          return null;
        })
      : null;
  if (parts) return parts.sendInParts(api, sent, course);
  const body = new FormData();
  // First: the server may refuse by it before the file has come.
  body.append('kind', kind);
  body.append('file', file, name);
  return (await api.call('post', '/media', { body, watch: course })).id;
}

/** The server need not wait for the rest of an upload. */
export async function giveUpUpload(api: Api, upload: string): Promise<void> {
  const parts = await inParts().catch(() => null);
  await parts?.giveUp(api, upload);
}
