// The ways in which a request fails: the server says why, cannot be reached, or says nothing.
import type { Code, Problem } from './types';

/** The server refused; `code` is what to branch on, `problem.detail` a sentence for a person. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'Refused';
  }

  get code(): Code {
    return this.problem.code;
  }

  /** Whether the same request may succeed a little later: 408 says that it came too slowly. */
  get isTemporary(): boolean {
    const { status } = this.problem;
    return status === 408 || status === 429 || status >= 500;
  }
}

/** There was no answer: no network, or no server. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause });
    this.name = 'Unreachable';
  }
}

/** The server is there and says nothing for longer than anybody waits: the request may have been done. */
export class Unanswered extends Error {
  constructor() {
    super('The server did not answer.');
    this.name = 'Unanswered';
  }
}

/** What a status means that somebody between us and the server gave. */
const FOREIGN_CODES = new Map<number, Code>([[401, 'unauthorized']]);

/** What an answer that is not a success says; also for answers that are not Adda's own. */
export async function refusal(response: Response): Promise<Refused> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new Refused(body);
  return new Refused({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code:
      FOREIGN_CODES.get(response.status) ??
      (response.status >= 500 ? 'unavailable' : 'invalid_input'),
    detail: `${response.status} ${response.statusText}`,
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body;
}
