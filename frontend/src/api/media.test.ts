import { describe, expect, it, vi } from 'vitest';

import type { Api } from './client';
import { sendMedia } from './media';
import type { Course } from './resumable';

const course: Course = {
  onProgress: () => {},
  onBegun: () => {},
  signal: new AbortController().signal,
};

const sent = (bytes: number) => ({
  kind: 'image',
  file: new Blob([new Uint8Array(bytes)]),
  name: 'a.png',
});

describe('a file', () => {
  it('of little goes at once, and says first what it is to be', async () => {
    const call = vi.fn((..._: unknown[]) => Promise.resolve({ id: 'media-1' }));
    expect(await sendMedia({ call } as unknown as Api, sent(2 ** 20), course)).toBe('media-1');
    const [, , options] = call.mock.calls[0] as [string, string, { body: FormData }];
    expect([...options.body.keys()]).toEqual(['kind', 'file']);
    expect(options.body.get('file')).toMatchObject({ name: 'a.png', size: 2 ** 20 });
  });

  it('of more goes in parts', async () => {
    const request = vi.fn((method: string, ..._: unknown[]) => {
      const headers = { location: '/media/uploads/upload-1', 'upload-media-id': 'media-2' };
      return Promise.resolve(new Response(method, { headers }));
    });
    const api = { request } as unknown as Api;
    expect(await sendMedia(api, sent(2 ** 20 + 1), course)).toBe('media-2');
    expect(request.mock.calls.map(([method]) => method)).toEqual(['POST', 'PATCH']);
  });
});
