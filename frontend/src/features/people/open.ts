// What a press on somebody's name does: it leads to the conversation with them, or to one's own account.
import type { App, Chat } from '../context';
import { openConversation } from '../rooms/conversation';

export function openPerson(app: App, chat: Chat, id: number): void {
  if (id === chat.me.id) app.router.go('/settings');
  else openConversation(app, id).catch(() => app.retry.failed());
}
