// The one question that is asked before a message is deleted.
import type { Message } from '../../api/types';
import type { Chat } from '../../app.svelte';

class Deleting {
  message = $state.raw<Message | null>(null);
  hasFailed = $state(false);
  private chat: Chat | null = null;

  ask(chat: Chat, message: Message): void {
    this.chat = chat;
    this.message = message;
    this.hasFailed = false;
  }

  async confirm(): Promise<void> {
    const { chat, message } = this;
    if (!chat || !message) return;
    try {
      await chat.live.ask({ type: 'message.delete', room: message.room, message_id: message.id });
      this.message = null;
    } catch {
      this.hasFailed = true;
    }
  }
}

export const deleting = new Deleting();

export function askToDelete(chat: Chat, message: Message): void {
  deleting.ask(chat, message);
}
