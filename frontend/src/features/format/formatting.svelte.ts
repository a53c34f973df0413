// What reads and draws formatted texts. It is loaded as soon as somebody is signed in; until then, and where it
// cannot be, a text is shown as it was written. All that the first load has of it is this.
import type { Found } from '../../lib/format/parse';
import type * as Formatted from './formatted';
import { isDrawn } from './wanted';

/** So long a room that is opened waits for it. */
const PATIENCE_MS = 1_000;

class Formatting {
  hasFailed = $state(false);
  private parts = $state.raw<typeof Formatted | null>(null);
  private loading: Promise<void> | null = null;

  /** What draws this text; `null` where that is nothing but itself, or is not loaded yet. */
  of(text: string, found: readonly Found[]): typeof Formatted | null {
    return isDrawn(text, found) ? this.parts : null;
  }

  load(): Promise<void> {
    return (this.loading ??= import('./formatted').then(
      (parts) => {
        this.parts = parts;
        this.hasFailed = false;
      },
      () => {
        this.loading = null;
        this.hasFailed = true;
      },
    ));
  }

  /** Resolves when it is there, or is not to be waited for: what is drawn then moves nothing later. */
  async ready(): Promise<void> {
    await Promise.race([this.load(), new Promise((over) => setTimeout(over, PATIENCE_MS))]);
  }
}

export const formatting = new Formatting();
