// Whose presence the server is asked to tell. It knows one list a socket, and each new one replaces the
// last; here several views want people at once, and this joins what they want into that one list.
import type { ClientFrame } from '../api/types';

/** So many people can be watched; the protocol sets it. */
export const MOST_WATCHED = 100;

/** Who wants people watched, the most important first: it keeps its own where all do not fit. */
const VIEWS = ['card', 'conversation', 'directory'] as const;

export type WatchingView = (typeof VIEWS)[number];

export class Watching {
  private readonly wanted = new Map<WatchingView, readonly number[]>();
  private isToldOfAny = false;

  constructor(private readonly send: (frame: ClientFrame) => boolean) {}

  /**
   * A view says whom it shows, instead of whom it said before; nobody when it ends. The server answers
   * with how each of them is, so that the same people may be wanted once more to hear that.
   */
  want(view: WatchingView, people: readonly number[]): void {
    if (people.length === 0 && !this.wanted.has(view)) return;
    if (people.length > 0) this.wanted.set(view, people);
    else this.wanted.delete(view);
    this.tell();
  }

  /** A new connection watches nobody. */
  reset(): void {
    this.isToldOfAny = false;
    this.tell();
  }

  private tell(): void {
    const all = new Set(VIEWS.flatMap((view) => this.wanted.get(view) ?? []));
    if (all.size === 0 && !this.isToldOfAny) return;
    const user_ids = [...all].slice(0, MOST_WATCHED);
    if (this.send({ type: 'presence.watch', user_ids })) this.isToldOfAny = all.size > 0;
  }
}
