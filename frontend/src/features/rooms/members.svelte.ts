// The members of a room, page by page, for as long as somebody looks at them.
import type { Api } from '../../api/client';
import type { Member } from '../../api/types';
import { joined } from '../pages';

export class Members {
  items = $state.raw<readonly Member[]>([]);
  hasMore = $state(true);
  isLoading = $state(false);
  hasFailed = $state(false);
  private cursor: string | undefined;

  constructor(
    private readonly api: Api,
    private readonly room: string,
    /** Their names are worth knowing elsewhere. */
    private readonly learnt: (members: readonly Member[]) => void,
  ) {}

  async more(): Promise<void> {
    if (this.isLoading || !this.hasMore) return;
    this.isLoading = true;
    this.hasFailed = false;
    try {
      const query =
        this.cursor === undefined ? { limit: 100 } : { limit: 100, cursor: this.cursor };
      const page = await this.api.call('get', '/rooms/{room}/members', {
        path: { room: this.room },
        query,
      });
      this.items = joined(this.items, page.items, ({ id }) => id);
      this.cursor = page.next_cursor;
      this.hasMore = page.next_cursor !== undefined;
      this.learnt(page.items);
    } catch {
      this.hasFailed = true;
    } finally {
      this.isLoading = false;
    }
  }
}
