// The one question that is asked before a message is deleted.
import type { Message } from '../../api/types';
import type { Chat } from '../context';

class Deleting {
  message = $state.raw<Message | null>(null);
  /** Why it was not deleted. */
  failure = $state.raw<unknown>(null);
  private chat: Chat | null = null;

  ask(chat: Chat, message: Message): void {
    this.chat = chat;
    this.message = message;
    this.failure = null;
  }

  async confirm(): Promise<void> {
    const { chat, message } = this;
    if (!chat || !message) return;
    this.failure = null;
    try {
      await chat.realtime.ask({
        type: 'message.delete',
        room: message.room,
        message_id: message.id,
      });
      // Another one may be asked about meanwhile.
      if (this.message === message) this.message = null;
    } catch (error) {
      if (this.message === message) this.failure = error;
    }
  }
}

export const deleting = new Deleting();
