// The private conversation with somebody: begun where there is none yet, and shown.
import type { App } from '../context';
import type { I18n } from '../../i18n/index.svelte';
import { roomPath } from '../../router.svelte';
import { sentence } from '../submission.svelte';

export async function openConversation({ api, router }: App, user_id: number): Promise<void> {
  const room = await api.call('put', '/users/{user_id}/private-room', { path: { user_id } });
  router.go(roomPath(room.name));
}

/** One after the other, as a view that offers it shows that. */
export class Opening {
  /** With whom it is being opened. */
  person = $state<number | null>(null);
  /** Why it was not. */
  problem = $state<string | null>(null);

  constructor(
    private readonly app: App,
    private readonly i18n: I18n,
  ) {}

  async with(person: number): Promise<void> {
    if (this.person !== null) return;
    this.person = person;
    this.problem = null;
    try {
      await openConversation(this.app, person);
    } catch (error) {
      this.problem = sentence(this.i18n, error);
    } finally {
      this.person = null;
    }
  }
}
