// The private conversation with somebody: begun where there is none yet, and shown.
import type { App } from '../context';
import { roomPath } from '../../router.svelte';

export async function openConversation({ api, router }: App, user_id: number): Promise<void> {
  const room = await api.call('put', '/users/{user_id}/private-room', { path: { user_id } });
  router.go(roomPath(room.name));
}
