// A search as one types: the latest counts, whichever answers last, and what was found stays until there is
// something else. It is asked page by page.
import { Refused } from '../api/errors';
import type { SearchHit, SearchPage } from '../api/types';

/** So long after the last letter it is asked. */
const PAUSE_MS = 150;
/** Nobody waits longer for an answer. */
const PATIENCE_MS = 15_000;

/** Asks for a page of what matches. */
type Ask = (query: { q: string; cursor?: string }, signal: AbortSignal) => Promise<SearchPage>;

export class Search {
  hits = $state.raw<readonly SearchHit[]>([]);
  /** What was searched for in `hits`. */
  shown = $state('');
  isLoading = $state(false);
  hasMore = $state(false);
  /** The server had no time to look at everything that comes before the next page. */
  isPartial = $state(false);
  /** Older messages cannot be found yet. */
  isIndexing = $state(false);
  /** Why the last page did not come. */
  problem = $state.raw<unknown>(null);
  private cursor: string | undefined;
  /** What is asked just now. */
  private asking: { q: string; cursor: string | undefined; done: Promise<void> } | null = null;
  private controller = new AbortController();
  /** What is asked in a moment. */
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The server is not asked before. */
  private silentUntil = 0;

  constructor(
    private readonly ask: Ask,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether `hits` are those of this query. */
  isOf(q: string): boolean {
    return this.shown === q && this.problem === null;
  }

  /** Begins anew once the person pauses. */
  soon(q: string): void {
    clearTimeout(this.timer);
    if (q === '' || this.isOf(q)) void this.start(q);
    else this.timer = setTimeout(() => void this.start(q), PAUSE_MS);
  }

  /** Begins anew at once; resolves when it has been answered. */
  async start(q: string): Promise<void> {
    clearTimeout(this.timer);
    if (q === '') return this.forget();
    if (this.asking?.q === q) return this.asking.done;
    if (this.isOf(q)) return this.stop();
    await this.load(q, undefined);
  }

  /** Asks once more for what may have changed since. */
  async renew(q: string): Promise<void> {
    if (q === '') return this.forget();
    await this.load(q, undefined);
  }

  async more(): Promise<void> {
    if (this.asking !== null) return this.asking.done;
    if (this.hasMore) await this.load(this.shown, this.cursor);
  }

  /** Asks once more for what did not come. */
  async again(q: string): Promise<void> {
    if (this.problem === null || this.now() < this.silentUntil) return;
    if (q === this.shown && this.hasMore) await this.more();
    else await this.start(q);
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.controller.abort();
    this.asking = null;
    this.isLoading = false;
  }

  private forget(): void {
    this.stop();
    this.take('', [], { items: [], partial: false, indexing: false });
  }

  private load(q: string, cursor: string | undefined): Promise<void> {
    this.stop();
    this.controller = new AbortController();
    this.isLoading = true;
    const asking = { q, cursor, done: Promise.resolve() };
    this.asking = asking;
    asking.done = this.answered(q, cursor, () => this.asking === asking);
    return asking.done;
  }

  private async answered(q: string, cursor: string | undefined, isLatest: () => boolean) {
    const { controller } = this;
    const late = () => controller.abort(new DOMException('The search took long.', 'TimeoutError'));
    const patience = setTimeout(late, PATIENCE_MS);
    try {
      const page = await this.ask(cursor === undefined ? { q } : { q, cursor }, controller.signal);
      if (isLatest()) this.take(q, cursor === undefined ? [] : this.hits, page);
    } catch (error) {
      if (isLatest()) this.refused(q, error);
    } finally {
      clearTimeout(patience);
      if (isLatest()) {
        this.asking = null;
        this.isLoading = false;
      }
    }
  }

  private take(q: string, before: readonly SearchHit[], page: SearchPage): void {
    this.shown = q;
    // What was sent meanwhile may move a message onto two pages.
    const known = new Set(before.map(({ message }) => message.id));
    this.hits = [...before, ...page.items.filter(({ message }) => !known.has(message.id))];
    this.cursor = page.next_cursor;
    this.hasMore = page.next_cursor !== undefined;
    this.isPartial = page.partial;
    this.isIndexing = page.indexing;
    this.problem = null;
  }

  private refused(q: string, error: unknown): void {
    this.problem = error;
    const wait = error instanceof Refused ? error.problem.retry_after_ms : undefined;
    if (wait === undefined) return;
    this.silentUntil = this.now() + wait;
    this.timer = setTimeout(() => void this.again(q), wait + 50);
  }
}
