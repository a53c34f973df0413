// A picture of a message as it is shown, small or large: where it is loaded from, what stands in its place until
// then, and whether it moves.
import { MediaQuery } from 'svelte/reactivity';

import type { Message } from '../../api/types';
import { useApp, useChat, type Chat } from '../context';
import { retryWhile } from '../retryWhile.svelte';
import { Source, type Image } from './source.svelte';
import { blurred } from './thumbhash';

export class Shown {
  readonly source: Source;
  /** Somebody wants it to move, though nothing is to move by itself. */
  isPlaying = $state(false);
  private blur = $state<string | null>(null);
  /** The address that was loaded last: what moves has another than what stands still in its place. */
  private loadedFrom = $state<string | null>(null);
  private readonly calm = new MediaQuery('(prefers-reduced-motion: reduce)', false);

  constructor(
    private readonly chat: Pick<Chat, 'me' | 'addresses' | 'previews'>,
    readonly message: Message,
    readonly image: Image,
  ) {
    this.source = new Source(chat.addresses, message, image.id);
    $effect(() => {
      if (this.own !== null || this.source.phase === 'loaded') return;
      void blurred(image.thumbhash).then((url) => (this.blur = url));
    });
  }

  get hasFailed(): boolean {
    return this.source.phase === 'failed';
  }

  get isLoaded(): boolean {
    const { address } = this;
    return this.source.phase === 'loaded' && address !== null && address === this.loadedFrom;
  }

  /** It is here, from its address. */
  loaded(): void {
    this.loadedFrom = this.address;
    this.source.loaded();
  }

  get isStill(): boolean {
    return this.image.animated && this.calm.current && !this.isPlaying;
  }

  /** The smaller ones of what moves stand still. */
  readonly address = $derived.by(() => {
    const url = this.isStill ? this.smaller : this.source.image?.url;
    return url === undefined ? null : this.chat.addresses.here(url);
  });

  /** What this page has of it itself: it was sent here, and may move too. */
  private readonly own = $derived.by(() => {
    const { message, image, chat } = this;
    if (this.isLoaded || this.isStill || message.sender.id !== chat.me.id) return null;
    const at = message.images.findIndex(({ id }) => id === image.id);
    return chat.previews.find(message.client_id, at);
  });

  /**
   * What stands there until it is loaded; a smaller one of it is likely here already where it is shown large, or
   * stood still before.
   */
  under(isLarge = false): string | null {
    if (this.isLoaded) return null;
    const smaller = isLarge || this.isPlaying ? this.smaller : undefined;
    return this.own ?? (smaller === undefined ? this.blur : this.chat.addresses.here(smaller));
  }

  private get smaller(): string | undefined {
    return this.source.image?.sizes.at(-1)?.url;
  }
}

/** For as long as the component that asks stands; what could not be loaded is tried again by itself. */
export function show(message: Message, image: Image): Shown {
  const shown = new Shown(useChat(), message, image);
  retryWhile(
    useApp().retry,
    () => shown.hasFailed,
    () => shown.source.again(),
  );
  return shown;
}
