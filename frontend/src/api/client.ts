// Requests to the REST API, typed by the generated description: an address, a method, a body or an
// answer that the description does not have is an error of the compiler.
import { toJson, wellFormed } from '../lib/wellformed';
import { refusal, Refused, Unanswered, Unreachable } from './errors';
import type { paths } from './schema';
import { sendFile, type Watch } from './upload';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

/** The addresses that know a method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Success = 200 | 201 | 204;
type Content<R> = R extends { content: infer C } ? C[keyof C] : undefined;
type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & Success]> : never;
/** Files travel in a form, and can be followed on their way. */
type Given<C> = C extends { 'multipart/form-data': unknown }
  ? { body: FormData; watch?: Watch }
  : { body: C[keyof C] };
type Body<O> = O extends { requestBody: { content: infer C } } ? Given<C> : object;
type Path<O> = O extends { parameters: { path: infer V } } ? { path: V } : object;
type Query<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : object;

/** What an operation needs. */
export type Options<O> = Body<O> & Path<O> & Query<O> & Revocable;

/** What may be called off, and then has the patience of whoever asks. */
interface Revocable {
  signal?: AbortSignal;
}

interface Anything extends Revocable {
  body?: unknown;
  watch?: Watch;
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
}

/** An answer is waited for so long, to its last byte … */
const PATIENCE_MS = 30_000;
/** … and so long where a file is sent over whatever network there is. */
const FORM_PATIENCE_MS = 300_000;

/** Where the access token comes from. */
export interface Tokens {
  /** The token, or `null` where nobody is signed in. */
  current(): Promise<string | null>;
  /** The next token after `refused` was refused; `null` when the session is over. */
  renewed(refused: string): Promise<string | null>;
}

/** The REST API of one server. */
export class Api {
  constructor(
    /** Where it is: an origin, or empty for the page's own. */
    readonly origin: string,
    private readonly tokens: Tokens,
    /** Told of what failed for a reason that may pass. */
    private readonly onTrouble: () => void = () => {},
  ) {}

  /** Asks as the person who is signed in. */
  async call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    options: Options<Operation<P, M>>,
  ): Promise<Answer<Operation<P, M>>> {
    const { watch, signal = watch?.signal } = options as Anything;
    const once = (token: string | null) => send(this.origin, method, path, options, token);
    return this.ask(once, read<Answer<Operation<P, M>>>, signal);
  }

  /** Asks by headers, or with a file as it is; answers whatever is no refusal. */
  request(
    method: 'HEAD' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    more: Record<string, string>,
    sent?: { body: Blob; watch: Watch },
  ): Promise<Response> {
    const url = `${this.origin}/api/v1${path}`;
    const once = (token: string | null) =>
      exchange(method, url, bearing(token, more), sent?.body, sent?.watch);
    return this.ask(once, accepted, sent?.watch.signal);
  }

  private async ask<T>(
    send: (token: string | null) => Promise<Response>,
    read: (response: Response) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      const token = await this.tokens.current();
      let response = await send(token);
      if (token !== null && response.status === 401 && isStale(await refusal(response.clone()))) {
        const next = await this.tokens.renewed(token);
        if (next !== null) response = await send(next);
      }
      return await read(response);
    } catch (error) {
      const isPassing = !(error instanceof Refused) || error.isTemporary;
      if (isPassing && !signal?.aborted) this.onTrouble();
      throw error;
    }
  }
}

/** Asks without a token: how one signs in. */
export async function callAnonymously<M extends Method, P extends PathOf<M>>(
  origin: string,
  method: M,
  path: P,
  options: Options<Operation<P, M>>,
): Promise<Answer<Operation<P, M>>> {
  return callAs(origin, null, method, path, options);
}

/** Asks once with this token, whatever becomes of it. */
export async function callAs<M extends Method, P extends PathOf<M>>(
  origin: string,
  token: string | null,
  method: M,
  path: P,
  options: Options<Operation<P, M>>,
): Promise<Answer<Operation<P, M>>> {
  return read(await send(origin, method, path, options, token));
}

/** Whether the token was refused; a wrong password in the body is 401 too, and stays so. */
export function isStale(refused: Refused): boolean {
  return refused.code === 'unauthorized' || refused.code === 'token_expired';
}

async function send(
  origin: string,
  method: Method,
  template: string,
  options: object,
  token: string | null,
): Promise<Response> {
  const { body, watch, signal, path = {}, query = {} } = options as Anything;
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(String(path[name]))),
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  const headers = bearing(token, { accept: 'application/json' });
  // A form says itself what it is.
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers.set('content-type', 'application/json');
  const url = `${origin}/api/v1${address}${search.size > 0 ? `?${search}` : ''}`;
  const sent = body === undefined || isForm ? body : toJson(body);
  return exchange(method.toUpperCase(), url, headers, sent, watch, signal);
}

function bearing(token: string | null, more: Record<string, string>): Headers {
  const headers = new Headers(more);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return headers;
}

async function exchange(
  method: string,
  url: string,
  headers: Headers,
  body?: FormData | Blob | string,
  watch?: Watch,
  signal?: AbortSignal,
): Promise<Response> {
  try {
    if (watch && body instanceof Object) return await sendFile(method, url, headers, body, watch);
    return await fetch(url, {
      method,
      headers,
      // The refresh cookie, also when the API is on another port of the same site.
      credentials: 'include',
      ...(body === undefined ? {} : { body }),
      signal:
        signal ?? AbortSignal.timeout(body instanceof FormData ? FORM_PATIENCE_MS : PATIENCE_MS),
    });
  } catch (error) {
    throw unanswered(error);
  }
}

async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw await refusal(response);
  return response;
}

async function read<T>(response: Response): Promise<T> {
  await accepted(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw unanswered(error);
  }
}

function unanswered(error: unknown): Error {
  const isTimeOut = error instanceof DOMException && error.name === 'TimeoutError';
  return isTimeOut ? new Unanswered() : new Unreachable(error);
}
