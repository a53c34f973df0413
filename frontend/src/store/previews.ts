// The pictures that this page sent, as it has them itself: shown while they are on their way, and after that until
// the server's are loaded in their place, so that nothing blinks.

/** So many are kept: what is older has long been loaded. */
const MOST = 100;

export class Previews {
  /** From the one that was asked for first. */
  private readonly urls = new Map<string, string>();

  constructor(private readonly lender: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>) {}

  /** The address of a picture of a message on its way. */
  lend(clientId: string, at: number, file: Blob): string {
    const key = keyOf(clientId, at);
    const known = this.urls.get(key);
    if (known !== undefined) return known;
    const url = this.lender.createObjectURL(file);
    this.urls.set(key, url);
    for (const oldest of this.urls.keys()) {
      if (this.urls.size <= MOST) break;
      this.takeBack(oldest);
    }
    return url;
  }

  /** The address of a picture of a message that this page sent; nothing of others. */
  find(clientId: string, at: number): string | null {
    return this.urls.get(keyOf(clientId, at)) ?? null;
  }

  close(): void {
    for (const key of [...this.urls.keys()]) this.takeBack(key);
  }

  private takeBack(key: string): void {
    const url = this.urls.get(key);
    this.urls.delete(key);
    if (url !== undefined) this.lender.revokeObjectURL(url);
  }
}

function keyOf(clientId: string, at: number): string {
  return `${clientId} ${at}`;
}
