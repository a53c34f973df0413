// A list that comes page by page, and may be searched as one types. Of several searches on their way the
// latest one counts.

/** So long after the last letter the search begins. */
const PAUSE_MS = 180;

interface Page<T> {
  items: readonly T[];
  next_cursor?: string;
}

/** Asks for a page of what matches. */
type Ask<T> = (query: { q: string; cursor?: string }) => Promise<Page<T>>;

/** A person, or a room. */
type Listed = { id: number } | { name: string };

const idOf = (item: Listed) => ('id' in item ? item.id : item.name);

/**
 * A list with its next page. What moved while they were asked for – somebody was renamed, a room grew –
 * is on both: it stands once, as it is now.
 */
function joined<T extends Listed>(before: readonly T[], page: readonly T[]): T[] {
  const all = new Map(before.map((item) => [idOf(item), item]));
  for (const item of page) all.set(idOf(item), item);
  return [...all.values()];
}

export class Pager<T extends Listed> {
  /** `null` until the first page is here. */
  items = $state.raw<readonly T[] | null>(null);
  /** What was searched for in `items`. */
  shown = $state('');
  hasMore = $state(false);
  hasFailed = $state(false);
  isLoading = $state(false);
  private cursor: string | undefined;
  private latest = 0;
  /** The search that is on its way: whoever wants the same waits for it, and does not begin it anew. */
  private underWay: { q: string; done: Promise<void> } | null = null;

  constructor(private readonly ask: Ask<T>) {}

  /** Begins anew once the person pauses; where nothing is typed at once. What it returns calls that off. */
  soon(query: string): () => void {
    const timer = setTimeout(() => void this.start(query), query === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }

  async start(query: string): Promise<void> {
    if (this.underWay?.q === query) return this.underWay.done;
    const search = { q: query, done: this.load(query, undefined) };
    this.underWay = search;
    await search.done;
    if (this.underWay === search) this.underWay = null;
  }

  /** Loads what could not be loaded: the next page, or the first. */
  async again(query: string): Promise<void> {
    if (!this.hasFailed) return;
    if (this.items !== null && this.shown === query && this.hasMore) await this.more();
    else await this.start(query);
  }

  async more(): Promise<void> {
    if (this.hasMore && !this.isLoading) await this.load(this.shown, this.cursor);
  }

  private async load(q: string, cursor: string | undefined): Promise<void> {
    const turn = ++this.latest;
    this.isLoading = true;
    try {
      const page = await this.ask(cursor === undefined ? { q } : { q, cursor });
      if (turn !== this.latest) return;
      const before = cursor === undefined ? [] : (this.items ?? []);
      this.items = joined(before, page.items);
      this.shown = q;
      this.cursor = page.next_cursor;
      this.hasMore = page.next_cursor !== undefined;
      this.hasFailed = false;
    } catch {
      if (turn === this.latest) this.hasFailed = true;
    } finally {
      if (turn === this.latest) this.isLoading = false;
    }
  }
}
