// Speaking in the place of writing: what a press or a held finger records, what an earlier page left of it, and how it
// is sent.
import { untrack } from 'svelte';

import { whenIdle } from '../../lib/idle';
import type { Chat } from '../context';
import { Hold } from './hold.svelte';
import { Voice } from './voice.svelte';

export class Speaking {
  readonly voice: Voice;
  readonly hold = new Hold({
    begin: () => void this.voice.start(),
    send: () => void this.send(),
    cancel: () => this.voice.cancel(),
    lost: () => this.voice.pause(),
  });

  /** For as long as the component that asks stands; what begins here ends in its room. */
  constructor(
    private readonly chat: Pick<Chat, 'recordings' | 'realtime' | 'outbox'>,
    private readonly room: string,
  ) {
    const voice = new Voice(chat.recordings, room);
    this.voice = voice;

    $effect(() => () => voice.leave());

    // What is likely wanted next is not waited for then.
    $effect(() => whenIdle(() => voice.prepare().catch(() => {})));

    // What an earlier page or visit left is offered while there is nothing else that is recorded.
    $effect(() => {
      if (voice.isOpen) return;
      const giveUp = new AbortController();
      void chat.recordings.offer(room, (left) => voice.takeUp(left), giveUp.signal);
      return () => giveUp.abort();
    });

    $effect(() => {
      const { recorder } = voice;
      // Each level that is heard is a word to those in the room.
      const isTalking = recorder?.state === 'recording' && recorder.levels.length > 0;
      if (isTalking) untrack(() => chat.realtime.typing(room, 'voice'));
    });
  }

  get isHeld(): boolean {
    return this.hold.isDown && this.voice.isOpen;
  }

  /** An earlier page left it, or its microphone is gone. */
  get isKept(): boolean {
    return this.voice.isOpen && (this.voice.recorder?.isOver ?? false);
  }

  async send(): Promise<void> {
    const recording = await this.voice.finish();
    this.chat.realtime.typed(this.room);
    if (!recording) return;
    const { id, blob, ...about } = recording;
    const content = { kind: 'voice', recording: blob, ...about, media: null } as const;
    // What is kept of the recording goes once the message is stored.
    await this.chat.outbox.add(this.room, content, id);
  }
}
