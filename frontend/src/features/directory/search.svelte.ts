// What the directory shows: the rooms that match, page by page. Of several searches on their way
// the latest one counts.
import type { Api } from '../../api/client';
import type { DirectoryRoom } from '../../api/types';

const PAGE = 30;

export class Search {
  /** `null` until the first page is here. */
  rooms = $state.raw<readonly DirectoryRoom[] | null>(null);
  /** What was searched for in `rooms`. */
  shown = $state('');
  hasMore = $state(false);
  hasFailed = $state(false);
  isLoading = $state(false);
  private cursor: string | undefined;
  private latest = 0;

  constructor(private readonly api: Api) {}

  /** Begins anew with another query. */
  async start(query: string): Promise<void> {
    await this.load(query, undefined);
  }

  /** Loads the next page. */
  async more(): Promise<void> {
    if (this.hasMore && !this.isLoading) await this.load(this.shown, this.cursor);
  }

  private async load(q: string, cursor: string | undefined): Promise<void> {
    const turn = ++this.latest;
    this.isLoading = true;
    try {
      const query = { q, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.api.call('get', '/directory/rooms', { query });
      if (turn !== this.latest) return;
      const before = cursor === undefined ? [] : (this.rooms ?? []);
      this.rooms = [...before, ...page.items];
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
