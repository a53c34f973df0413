// Loads one picture of a message: with an address that is good, and with a fresh one where that opened nothing.
import type { Message } from '../../api/types';
import type { Addresses } from '../../store/addresses';

export type Image = Message['images'][number];

export class Source {
  /** The picture with the addresses that are used; `null` while they are asked for. */
  image = $state.raw<Image | null>(null);
  phase = $state<'loading' | 'loaded' | 'failed'>('loading');
  /** Which try it is: each loads anew, also from the same address. */
  attempt = $state(0);
  private isSecondTry = false;

  constructor(
    private readonly addresses: Pick<Addresses, 'best' | 'isGood' | 'fresh'>,
    private readonly message: Message,
    private readonly id: string,
  ) {
    const best = addresses.best(message);
    if (addresses.isGood(best)) this.image = this.find(best);
    else void this.begin(false);
  }

  loaded(): void {
    this.phase = 'loaded';
    this.isSecondTry = false;
  }

  /** It could not be loaded from its address, which may have ended. */
  async failed(): Promise<void> {
    if (this.isSecondTry) {
      this.phase = 'failed';
      return;
    }
    this.isSecondTry = true;
    await this.begin(true);
  }

  /** Once more, where everything has failed. */
  async again(): Promise<void> {
    this.isSecondTry = false;
    await this.failed();
  }

  private async begin(hasFailed: boolean): Promise<void> {
    this.phase = 'loading';
    try {
      this.image = this.find(await this.addresses.fresh(this.message, hasFailed));
      this.attempt += 1;
      // It was deleted meanwhile.
      if (this.image === null) this.phase = 'failed';
    } catch {
      this.phase = 'failed';
    }
  }

  private find({ images }: Message): Image | null {
    return images.find(({ id }) => id === this.id) ?? null;
  }
}
