// A clock and a socket that a test moves by hand, and a storage of its own.
import type { ClientFrame, ServerFrame } from '../api/types';
import type { LocalStorage } from '../lib/local';
import type { SocketLike } from '../realtime/connection';

/** Time that passes only when it is told to. */
export class Clock {
  time = 1_000_000;
  private waiting: { at: number; run: () => void }[] = [];

  now = (): number => this.time;

  after = (ms: number, run: () => void): (() => void) => {
    const entry = { at: this.time + ms, run };
    this.waiting.push(entry);
    return () => (this.waiting = this.waiting.filter((other) => other !== entry));
  };

  /** Lets time pass, and what was promised happen in its order. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const next = this.waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((other) => other !== next);
      this.time = next.at;
      next.run();
      await settled();
    }
    this.time = until;
  }

  get isIdle(): boolean {
    return this.waiting.length === 0;
  }
}

/** Lets everything that has been promised already happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** The other end is the test. */
export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  isClosed = false;
  readyState = 1;
  bufferedAmount = 0;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.isClosed = true;
  }

  says(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ends(code: number): void {
    this.onclose?.({ code });
  }
}

/** A `localStorage` that is empty to begin with. */
export class MemoryStorage implements LocalStorage {
  private readonly kept = new Map<string, string>();

  get length(): number {
    return this.kept.size;
  }

  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    this.kept.set(key, text);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}
