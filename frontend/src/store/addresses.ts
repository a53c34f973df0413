// Where what messages carry is: the server signs addresses that end after some minutes, and a message that is
// read anew has fresh ones. A tab may stand open for a night, so whoever uses an address asks here.
import type { Api } from '../api/client';
import type { Message } from '../api/types';

/** An address that ends so soon is not begun with, in milliseconds. */
const MARGIN_MS = 5_000;

export class Addresses {
  /** Messages as they were read last, for their addresses alone: what they say is in the store. */
  private readonly known = new Map<string, Message>();
  private readonly asking = new Map<string, Promise<Message>>();

  constructor(
    private readonly api: Pick<Api, 'origin' | 'call'>,
    private readonly now: () => number,
  ) {}

  /** An address of the server, where this app finds it. */
  here(url: string): string {
    const { pathname, search } = new URL(url);
    return new URL(`${this.api.origin}${pathname}${search}`, location.href).href;
  }

  /** Whether all that a message carries has addresses that are good for a while yet. */
  isGood(message: Message): boolean {
    const ends = (url: string) => Number(new URL(url).searchParams.get('until')) * 1_000;
    return urlsOf(message).every((url) => ends(url) > this.now() + MARGIN_MS);
  }

  /** The message with the best addresses that are known here. */
  best(message: Message): Message {
    const known = this.known.get(message.id);
    const isNewer = known !== undefined && known.changed_seq >= message.changed_seq;
    return isNewer && !this.isGood(message) ? known : message;
  }

  /** The message with addresses that are good, also after those that it has opened nothing. */
  async fresh(message: Message, hasFailed = false): Promise<Message> {
    const best = this.best(message);
    if (this.isGood(best) && !hasFailed) return best;
    const asking = this.asking.get(message.id) ?? this.ask(message);
    this.asking.set(message.id, asking);
    return asking;
  }

  private async ask({ id, room }: Message): Promise<Message> {
    try {
      const path = { room, message_id: id };
      const message = await this.api.call('get', '/rooms/{room}/messages/{message_id}', { path });
      this.remember(message);
      return message;
    } finally {
      this.asking.delete(id);
    }
  }

  /** For as long as its addresses are good: a tab that stands open for days remembers no more than some minutes. */
  private remember(message: Message): void {
    for (const [id, other] of this.known) if (!this.isGood(other)) this.known.delete(id);
    if (urlsOf(message).length > 0) this.known.set(message.id, message);
  }
}

/** All addresses in a message. */
function urlsOf({ audio, images, files }: Message): string[] {
  return [
    ...(audio?.sources ?? []).map(({ url }) => url),
    ...images.flatMap(({ url, thumb_url, sizes }) => [
      url,
      thumb_url,
      ...sizes.map((it) => it.url),
    ]),
    ...files.map(({ url }) => url),
  ];
}
