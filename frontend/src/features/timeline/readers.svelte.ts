// Who has read a message of a public room, asked for when somebody wants to know.
import type { Message, UserRef } from '../../api/types';
import type { Api } from '../../api/client';

class Readers {
  message = $state.raw<Message | null>(null);
  /** Nothing while they are being asked for. */
  people = $state.raw<readonly UserRef[] | null>(null);
  isMore = $state(false);
  hasFailed = $state(false);

  async ask(api: Api, message: Message): Promise<void> {
    this.message = message;
    this.people = null;
    this.hasFailed = false;
    try {
      const page = await api.call('get', '/rooms/{room}/receipts', {
        path: { room: message.room },
        query: { seq: message.seq, limit: 100 },
      });
      if (this.message !== message) return;
      const others = page.items.filter(({ user }) => user.id !== message.sender.id);
      this.people = others.map(({ user }) => user);
      this.isMore = page.next_cursor !== undefined;
    } catch {
      this.hasFailed = true;
    }
  }
}

export const readers = new Readers();
