// Sends a file, in a form or as it is, and tells how much of it has gone, which `fetch` does not.

/** How an upload is followed, and called off. */
export interface Watch {
  /** So many bytes have gone. */
  onProgress(bytes: number): void;
  signal: AbortSignal;
}

/** Without a byte that moves, and without an answer once all have, an upload is given up after this time … */
const PATIENCE_MS = 90_000;
/** … and earlier where it goes on from there. */
const PATIENCE_WITH_PART_MS = 30_000;

/** Rejects like `fetch`: with a `TimeoutError`, an `AbortError`, or a `TypeError` where there is no network. */
export function sendFile(
  method: string,
  address: string,
  headers: Headers,
  body: FormData | Blob,
  { onProgress, signal }: Watch,
): Promise<Response> {
  const size = body instanceof Blob ? body.size : 0;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const giveUp = (why: Error) => {
      reject(why);
      request.abort();
    };
    const late = () => giveUp(new DOMException('Nothing moves any more.', 'TimeoutError'));
    const patience = (sent: number) => (sent < size ? PATIENCE_WITH_PART_MS : PATIENCE_MS);
    let timer = setTimeout(late, patience(0));
    const moved = (sent: number) => {
      clearTimeout(timer);
      timer = setTimeout(late, patience(sent));
    };
    const off = () => giveUp(new DOMException('The upload was called off.', 'AbortError'));
    request.upload.onprogress = ({ loaded }) => {
      moved(loaded);
      onProgress(loaded);
    };
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(new TypeError('There is no way to the server.'));
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', off);
    };
    request.open(method, address);
    // The refresh cookie, also when the API is on another port of the same site.
    request.withCredentials = true;
    headers.forEach((text, name) => request.setRequestHeader(name, text));
    signal.addEventListener('abort', off);
    request.send(body);
    if (signal.aborted) off();
  });
}

/** The answer as `fetch` would give it. */
function answerOf(request: XMLHttpRequest): Response {
  const { status, statusText, responseText } = request;
  const hasBody = status !== 204 && status !== 304;
  const lines = request.getAllResponseHeaders().split('\r\n');
  const pairs = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()]] : [];
  });
  return new Response(hasBody ? responseText : null, { status, statusText, headers: pairs });
}
