// People as the server finds them. Whatever it says of somebody on the way is known from then on.
import type { Api } from '../api/client';
import type { Member, SharedRooms, User } from '../api/types';
import { applyPeople } from './apply';
import type { ChatStore } from './chat.svelte';
import { applyUsers } from './people';

interface Page<T> {
  items: T[];
  next_cursor?: string;
}

export class PeopleDirectory {
  /** Whose names were asked for. */
  private readonly asked = new Set<number>();

  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
  ) {}

  /** A page of the people who match. */
  async find(query: {
    q: string;
    cursor?: string;
    online?: boolean;
    limit: number;
  }): Promise<Page<User>> {
    const page = await this.api.call('get', '/users', { query });
    this.store.update(applyUsers, page.items);
    return page;
  }

  /** A page of the members of a room. */
  async members(
    room: string,
    { q, ...from }: { q: string; cursor?: string },
  ): Promise<Page<Member>> {
    const query = { ...from, ...(q === '' ? {} : { search: q }), limit: 50 };
    const page = await this.api.call('get', '/rooms/{room}/members', { path: { room }, query });
    this.store.update(applyPeople, page.items);
    return page;
  }

  /** Learns how somebody is now: what they are called, and whether they are here. */
  async look(user_id: number): Promise<void> {
    const user = await this.api.call('get', '/users/{user_id}', { path: { user_id } });
    this.store.update(applyUsers, [user]);
  }

  /** The rooms that one shares with somebody. */
  async sharedRooms(user_id: number): Promise<SharedRooms> {
    return this.api.call('get', '/users/{user_id}/shared-rooms', { path: { user_id } });
  }

  /** Learns a name, once. It is shown when it is there; without an answer nothing is. */
  async learn(user_id: number): Promise<void> {
    if (this.asked.has(user_id)) return;
    this.asked.add(user_id);
    try {
      const user = await this.api.call('get', '/users/{user_id}', { path: { user_id } });
      this.store.update(applyPeople, [user]);
    } catch {
      // Asked again the next time that it is wanted.
      this.asked.delete(user_id);
    }
  }
}
