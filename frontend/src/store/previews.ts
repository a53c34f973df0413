// The pictures that this page sent, as it has them itself: shown while they are on their way, and after that until
// the server's are loaded in their place, so that nothing blinks.

/** So many are kept that nothing shows at the moment: what is older has long been loaded. */
export const MOST = 100;

interface Preview {
  url: string;
  /** How many elements show it. */
  shown: number;
}

export class Previews {
  /** From the one that was asked for first. */
  private readonly previews = new Map<string, Preview>();

  constructor(private readonly lender: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>) {}

  /** The address of a picture of a message on its way. */
  lend(clientId: string, at: number, file: Blob): string {
    const key = keyOf(clientId, at);
    const known = this.previews.get(key);
    if (known) return known.url;
    const url = this.lender.createObjectURL(file);
    this.previews.set(key, { url, shown: 0 });
    return url;
  }

  /** The address of a picture of a message that this page sent; nothing of others. */
  find(clientId: string, at: number): string | null {
    return this.previews.get(keyOf(clientId, at))?.url ?? null;
  }

  /** To be attached to an element: what it shows is not taken back before it is gone. */
  shown(url: string): () => (() => void) | undefined {
    return () => {
      const preview = [...this.previews.values()].find((it) => it.url === url);
      if (!preview) return undefined;
      preview.shown += 1;
      return () => {
        preview.shown -= 1;
        this.tidy();
      };
    };
  }

  close(): void {
    for (const key of [...this.previews.keys()]) this.takeBack(key);
  }

  private tidy(): void {
    const idle = [...this.previews].filter(([, { shown }]) => shown === 0);
    idle.slice(0, Math.max(0, idle.length - MOST)).forEach(([key]) => this.takeBack(key));
  }

  private takeBack(key: string): void {
    const preview = this.previews.get(key);
    this.previews.delete(key);
    if (preview) this.lender.revokeObjectURL(preview.url);
  }
}

function keyOf(clientId: string, at: number): string {
  return `${clientId} ${at}`;
}
