// The person's own account, as they change it here.
import type { Api } from '../api/client';
import type { Me } from '../api/types';
import { applyMe } from './apply';
import type { ChatStore } from './chat.svelte';

type Privacy = Partial<Pick<Me, 'hide_last_seen' | 'hide_receipts'>>;

export class Account {
  /** On their way to the server, and shown already, whatever the connection says meanwhile. */
  #pending = $state.raw<readonly Privacy[]>([]);

  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
    /** As the sign-in said. */
    private readonly signedIn: Me,
  ) {}

  /** As it is known last, with what the person has just chosen. */
  get me(): Me {
    const known = this.store.state.me ?? this.signedIn;
    return this.#pending.reduce<Me>((me, change) => ({ ...me, ...change }), known);
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
  async hide(change: Privacy): Promise<void> {
    this.#pending = [...this.#pending, change];
    try {
      await this.change(this.api.call('patch', '/users/me', { body: change }));
    } finally {
      this.#pending = this.#pending.filter((other) => other !== change);
    }
  }

  private async change(answer: Promise<Me>): Promise<void> {
    this.store.update(applyMe, await answer);
  }
}
