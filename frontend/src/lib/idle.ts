// Work that can wait until nothing else is to be done.

/** It is done after this time at the latest, and after it where the browser does not tell when it is idle. */
const PATIENCE_MS = 2_000;

/** Answers how it is called off. */
export function whenIdle(run: () => unknown): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(run, PATIENCE_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: PATIENCE_MS });
  return () => cancelIdleCallback(handle);
}
