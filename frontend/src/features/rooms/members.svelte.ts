// The members of a room, page by page, for as long as somebody looks at them.
import type { Member } from '../../api/types';
import { joined } from '../../lib/pages';

/** Asks for a page. */
type Ask = (query: {
  cursor?: string;
  limit: number;
}) => Promise<{ items: readonly Member[]; next_cursor?: string }>;

export class Members {
  items = $state.raw<readonly Member[]>([]);
  hasMore = $state(true);
  isLoading = $state(false);
  hasFailed = $state(false);
  private cursor: string | undefined;

  constructor(private readonly ask: Ask) {}

  async more(): Promise<void> {
    if (this.isLoading || !this.hasMore) return;
    this.isLoading = true;
    this.hasFailed = false;
    try {
      const query =
        this.cursor === undefined ? { limit: 100 } : { limit: 100, cursor: this.cursor };
      const page = await this.ask(query);
      this.items = joined(this.items, page.items, ({ id }) => id);
      this.cursor = page.next_cursor;
      this.hasMore = page.next_cursor !== undefined;
    } catch {
      this.hasFailed = true;
    } finally {
      this.isLoading = false;
    }
  }
}
