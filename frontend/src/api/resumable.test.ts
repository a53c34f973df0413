import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Api } from './client';
import { Unreachable } from './errors';
import { giveUp, sendInParts, type Course } from './resumable';

/** What the server has of the uploads: their bytes, or what was made of them. */
let uploads: Map<string, { length: number; received: number; media?: string }>;
/** Each request: its method, and what it was about. */
let asked: string[];
/** How many bytes go before the line is cut; all, where it is not. */
let cutAfter: number;
/** What the next bytes are refused with. */
let refusal: { status: number; code: string } | null;
let course: Course;
let begun: (string | null)[];
let progress: number[];

const tokens = { current: () => Promise.resolve('t'), renewed: () => Promise.resolve(null) };
const api = new Api('', tokens);
const address = '/api/v1/media/uploads';

/** The part of tus 1.0 that the server speaks. */
function answer(method: string, url: string, headers: Headers): Response {
  asked.push(method);
  if (method === 'POST') {
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, { length: Number(headers.get('upload-length')), received: 0 });
    return new Response(null, { status: 201, headers: { location: `${address}/${id}` } });
  }
  const id = url.slice(address.length + 1);
  const upload = uploads.get(id);
  if (!upload) return new Response(null, { status: 404 });
  if (method === 'DELETE') {
    uploads.delete(id);
    return new Response(null, { status: 204 });
  }
  const media = upload.media === undefined ? {} : { 'upload-media-id': upload.media };
  return new Response(null, { headers: { 'upload-offset': String(upload.received), ...media } });
}

class FakeRequest {
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload = () => {};
  onerror = () => {};
  onloadend = () => {};
  status = 204;
  statusText = '';
  responseText = '';
  private answered = '';
  private url = '';
  private readonly headers = new Headers();

  open(method: string, url: string): void {
    [this.url] = [url];
    asked.push(method);
  }

  setRequestHeader(name: string, text: string): void {
    this.headers.set(name, text);
  }

  getAllResponseHeaders(): string {
    return this.answered;
  }

  abort(): void {}

  send(body: Blob): void {
    const upload = uploads.get(this.url.slice(address.length + 1));
    const offset = Number(this.headers.get('upload-offset'));
    asked.push(`${offset}+${body.size}`);
    queueMicrotask(() => {
      this.upload.onprogress?.({ loaded: Math.min(cutAfter, body.size) });
      if (refusal) {
        this.status = refusal.status;
        this.responseText = JSON.stringify({ ...refusal, detail: 'No.', title: '', type: '' });
      } else if (!upload || upload.received !== offset) {
        this.status = 409;
      } else {
        upload.received += Math.min(cutAfter, body.size);
        if (upload.received < upload.length) return this.onerror();
        upload.media = 'media-1';
        this.answered = `upload-media-id: media-1\r\nupload-offset: ${upload.length}\r\n`;
      }
      this.onload();
      this.onloadend();
    });
  }
}

beforeEach(() => {
  [uploads, asked, begun, progress] = [new Map(), [], [], []];
  [cutAfter, refusal] = [Infinity, null];
  course = {
    onBegun: (upload) => begun.push(upload),
    onProgress: (bytes) => progress.push(bytes),
    signal: new AbortController().signal,
  };
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.stubGlobal('fetch', (url: string, { method, headers }: { method: string; headers: Headers }) =>
    Promise.resolve(answer(method, url, headers)),
  );
});

afterEach(() => void vi.unstubAllGlobals());

const file = { kind: 'image', file: new Blob(['x'.repeat(100)]), name: 'চা.jpg' };

describe('a file in parts', () => {
  it('is announced and sent, and answered by what was made of it', async () => {
    expect(await sendInParts(api, file, course)).toBe('media-1');
    expect(asked).toEqual(['POST', 'PATCH', '0+100']);
    expect(begun).toEqual(['upload-1']);
    expect(progress).toEqual([0, 100]);
  });

  it('goes on after what is there', async () => {
    cutAfter = 60;
    await expect(sendInParts(api, file, course)).rejects.toBeInstanceOf(Unreachable);
    cutAfter = Infinity;
    asked = [];
    expect(await sendInParts(api, { ...file, upload: 'upload-1' }, course)).toBe('media-1');
    expect(asked).toEqual(['HEAD', 'PATCH', '60+40']);
    expect(progress).toEqual([0, 60, 60, 100]);
    expect(begun).toEqual(['upload-1']);
  });

  it('is not sent again when only the answer was lost', async () => {
    uploads.set('upload-1', { length: 100, received: 100, media: 'media-1' });
    expect(await sendInParts(api, { ...file, upload: 'upload-1' }, course)).toBe('media-1');
    expect(asked).toEqual(['HEAD']);
  });

  it('begins anew where the server has forgotten it', async () => {
    expect(await sendInParts(api, { ...file, upload: 'gone' }, course)).toBe('media-1');
    expect(asked).toEqual(['HEAD', 'POST', 'PATCH', '0+100']);
    expect(begun).toEqual(['upload-1']);
  });

  it.each([404, 409])('that stopped (%i) is worth another try', async (status) => {
    refusal = { status, code: 'offset_mismatch' };
    await expect(sendInParts(api, file, course)).rejects.toThrow('The upload stopped.');
    expect(begun).toEqual(['upload-1']);
  });

  it('that is refused is forgotten on both sides', async () => {
    refusal = { status: 400, code: 'invalid_input' };
    await expect(sendInParts(api, file, course)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(begun).toEqual(['upload-1', null]);
    await vi.waitFor(() => expect(uploads.size).toBe(0));
  });

  it.each([
    [408, 'request_timeout'],
    [503, 'unavailable'],
  ])('that is refused for now (%i) is not', async (status, code) => {
    refusal = { status, code };
    await expect(sendInParts(api, file, course)).rejects.toMatchObject({ code, isTemporary: true });
    expect(begun).toEqual(['upload-1']);
    expect(uploads.size).toBe(1);
    await giveUp(api, 'upload-1');
    expect(uploads.size).toBe(0);
  });
});
