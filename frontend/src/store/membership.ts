// Joining rooms and leaving them.
import type { Api } from '../api/client';
import { applyRemoved } from './apply';
import type { ChatStore } from './chat.svelte';

export class Membership {
  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
  ) {}

  /** The room comes with its frame. */
  async join(room: string): Promise<void> {
    await this.api.call('put', '/rooms/{room}/membership', { path: { room } });
  }

  /** The room is gone when this resolves, as its frame will say too: where one goes next is another. */
  async leave(room: string): Promise<void> {
    await this.api.call('delete', '/rooms/{room}/membership', { path: { room } });
    this.store.update(applyRemoved, room);
  }
}
