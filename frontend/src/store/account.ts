// The person's own account, as they change it here.
import type { Api } from '../api/client';
import type { Me } from '../api/types';
import { applyMe } from './apply';
import type { ChatStore } from './chat.svelte';

export class Account {
  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
    /** As the sign-in said. */
    private readonly signedIn: Me,
  ) {}

  /** As it is known last. */
  get me(): Me {
    return this.store.state.me ?? this.signedIn;
  }

  async rename(display_name: string): Promise<void> {
    await this.change(this.api.call('patch', '/users/me', { body: { display_name } }));
  }

  async setPicture(file: Blob): Promise<void> {
    const body = new FormData();
    body.set('file', file);
    await this.change(this.api.call('put', '/users/me/avatar', { body }));
  }

  async removePicture(): Promise<void> {
    await this.change(this.api.call('delete', '/users/me/avatar', {}));
  }

  /** Shown at once, and taken back where the server does not take it. */
  async hide(change: Partial<Pick<Me, 'hide_last_seen' | 'hide_receipts'>>): Promise<void> {
    const before = this.me;
    this.store.update(applyMe, { ...before, ...change });
    try {
      await this.change(this.api.call('patch', '/users/me', { body: change }));
    } catch (error) {
      this.store.update(applyMe, before);
      throw error;
    }
  }

  private async change(answer: Promise<Me>): Promise<void> {
    this.store.update(applyMe, await answer);
  }
}
