// How much the server keeps, and may keep, of what the person sent, and of what all did: asked before more is sent,
// so that they hear that something does not fit before it is uploaded.
import type { Api } from '../api/client';
import { inTime } from '../lib/patience';
import { bytesToSend } from '../offline/outgoing';
import type { ChatStore } from './chat.svelte';

/** In bytes. */
export interface Usage {
  /** With what is on its way. */
  used: number;
  quota: number;
  /** So much more may all people together have. */
  free: number;
}

/** Nobody waits longer to hear it: the server decides it once more. */
const PATIENCE_MS = 2_000;

export class Space {
  constructor(
    private readonly api: Pick<Api, 'call'>,
    private readonly store: Pick<ChatStore, 'state'>,
  ) {}

  async look(): Promise<Usage> {
    const there = await this.api.call('get', '/media/usage', {});
    const waiting = bytesToSend(this.store.state.outgoing);
    return {
      used: there.used_bytes + waiting,
      quota: there.quota_bytes,
      free: there.total_quota_bytes - there.total_used_bytes - waiting,
    };
  }

  /** The same, where it is answered soon. */
  async soon(): Promise<Usage | null> {
    const usage = await inTime(PATIENCE_MS, this.look()).catch(() => null);
    return usage ?? null;
  }
}
