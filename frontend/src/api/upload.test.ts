import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { sendFile } from './upload';

/** A request whose course the test tells. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload = () => {};
  onerror = () => {};
  onloadend = () => {};
  status = 0;
  statusText = '';
  responseText = '';
  headers: Record<string, string> = {};
  isAborted = false;
  withCredentials = false;
  open = vi.fn();
  send = vi.fn();

  constructor() {
    FakeRequest.last = this;
  }

  setRequestHeader(name: string, text: string): void {
    this.headers[name] = text;
  }

  getAllResponseHeaders(): string {
    return 'retry-after: 3\r\nupload-offset: 7\r\n';
  }

  abort(): void {
    this.isAborted = true;
    this.onloadend();
  }

  answers(status: number, text: string): void {
    [this.status, this.responseText] = [status, text];
    this.onload();
    this.onloadend();
  }
}

let giveUp: AbortController;
const onProgress = vi.fn();

beforeEach(() => {
  giveUp = new AbortController();
  onProgress.mockReset();
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begun(): { answer: Promise<Response>; request: FakeRequest } {
  const headers = new Headers({ authorization: 'Bearer t' });
  const watch = { onProgress, signal: giveUp.signal };
  const answer = sendFile('POST', '/api/v1/media', headers, new FormData(), watch);
  return { answer, request: FakeRequest.last };
}

describe('an upload', () => {
  it('tells how much has gone, and answers as a request does', async () => {
    const { answer, request } = begun();
    expect(request.open).toHaveBeenCalledWith('POST', '/api/v1/media');
    expect(request.headers).toEqual({ authorization: 'Bearer t' });
    request.upload.onprogress?.({ loaded: 40 });
    expect(onProgress).toHaveBeenCalledWith(40);
    request.answers(413, '{"code":"too_large"}');
    const response = await answer;
    expect(response.status).toBe(413);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toEqual({ code: 'too_large' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on for as long as something moves, and is given up when nothing does', async () => {
    const { answer, request } = begun();
    const failure = expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
    for (let minute = 1; minute <= 10; minute += 1) {
      await vi.advanceTimersByTimeAsync(60_000);
      request.upload.onprogress?.({ loaded: minute });
    }
    expect(request.isAborted).toBe(false);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(request.isAborted).toBe(true);
    await failure;
  });

  it('is given up earlier where it goes on from there', async () => {
    const watch = { onProgress, signal: giveUp.signal };
    const rest = new Blob(['tea, please']);
    const answer = sendFile('PATCH', '/api/v1/media/uploads/1', new Headers(), rest, watch);
    const failure = expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
    FakeRequest.last.upload.onprogress?.({ loaded: 4 });
    await vi.advanceTimersByTimeAsync(30_000);
    await failure;
  });

  it('is called off at once, also before it began', async () => {
    const { answer, request } = begun();
    giveUp.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(request.isAborted).toBe(true);
    await expect(begun().answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails as a request does where there is no network', async () => {
    const { answer, request } = begun();
    request.onerror();
    request.onloadend();
    await expect(answer).rejects.toBeInstanceOf(TypeError);
  });
});
