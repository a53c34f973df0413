// Whether the person looks at the app in any of its tabs; and which of the tabs speaks for all. Where a browser
// has no locks, each tab is alone.
import { heldLocks, takeLock } from '../../lib/locks';

/** Held by the tab that the person looks at. */
const LOOKING = 'adda-looking';
/** Held by the tab that calls the person. */
const SPEAKER = 'adda-speaker';

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/** Holds a lock from its turn on until the signal says so. */
async function holdUntil(name: string, signal: AbortSignal, held = () => {}): Promise<void> {
  const release = await takeLock(name, signal);
  if (release === null) return;
  if (signal.aborted) {
    release();
    return;
  }
  signal.addEventListener('abort', release, { once: true });
  held();
}

export class Away {
  private isSpeaker = false;
  private readonly ended = new AbortController();
  private looking = new AbortController();

  /** `onReturn`: the person looks at this tab again. */
  constructor(private readonly onReturn: () => void) {
    const { signal } = this.ended;
    void holdUntil(SPEAKER, signal, () => (this.isSpeaker = true));
    const look = () => this.look();
    addEventListener('focus', look, { signal });
    addEventListener('blur', look, { signal });
    document.addEventListener('visibilitychange', look, { signal });
    this.look();
  }

  /** Whether this tab is to call the person: they look at none, and it is the one that speaks. */
  async mustCall(): Promise<boolean> {
    if (isLookedAt() || !this.isSpeaker) return false;
    return !(await heldLocks()).includes(LOOKING);
  }

  close(): void {
    this.ended.abort();
    this.looking.abort();
  }

  private look(): void {
    this.looking.abort();
    if (!isLookedAt()) return;
    this.looking = new AbortController();
    void holdUntil(LOOKING, this.looking.signal);
    this.onReturn();
  }
}
