// Sends a form and tells how much of it has gone, which `fetch` does not.

/** How an upload is followed, and called off. */
export interface Watch {
  /** So many bytes have gone. */
  onProgress(bytes: number): void;
  signal: AbortSignal;
}

/** Without a byte that moves, and without an answer once all have, an upload is given up after this time. */
const PATIENCE_MS = 90_000;

/** Rejects like `fetch`: with a `TimeoutError`, an `AbortError`, or a `TypeError` where there is no network. */
export function postForm(
  address: string,
  headers: Headers,
  body: FormData,
  { onProgress, signal }: Watch,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const giveUp = (why: Error) => {
      reject(why);
      request.abort();
    };
    const late = () => giveUp(new DOMException('Nothing moves any more.', 'TimeoutError'));
    let timer = setTimeout(late, PATIENCE_MS);
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(late, PATIENCE_MS);
    };
    const off = () => giveUp(new DOMException('The upload was called off.', 'AbortError'));
    request.upload.onprogress = ({ loaded }) => {
      moved();
      onProgress(loaded);
    };
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(new TypeError('There is no way to the server.'));
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', off);
    };
    request.open('POST', address);
    // The refresh cookie, also when the API is on another port of the same site.
    request.withCredentials = true;
    headers.forEach((text, name) => request.setRequestHeader(name, text));
    signal.addEventListener('abort', off);
    request.send(body);
    if (signal.aborted) off();
  });
}

/** The answer as `fetch` would give it. */
function answerOf({ status, statusText, responseText }: XMLHttpRequest): Response {
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? responseText : null, { status, statusText });
}
