// How long to wait before the next attempt: full jitter, doubling to half a minute, so that a crowd
// that lost its server does not come back all at once.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** The wait before attempt number `attempt` (the first one is 0), in milliseconds. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling * random());
}
