// The voice of a composer: its recorder, which is loaded with its bars when somebody wants to record, or has left a
// recording.
import type { Left } from '../../offline/recordings';
import type { Keeper, Recorder, Recording } from '../../store/recorder.svelte';

interface Parts {
  recorder: Recorder;
  RecordingBar: typeof import('./RecordingBar.svelte').default;
  HoldBar: typeof import('./HoldBar.svelte').default;
  VoiceProblem: typeof import('./VoiceProblem.svelte').default;
}

export class Voice {
  parts = $state.raw<Parts | null>(null);
  /** It could not be loaded when somebody wanted to record. */
  hasFailed = $state(false);
  /** Somebody wants to record, and it is still being loaded. */
  private isWanted = false;
  private hasLeft = false;

  constructor(
    private readonly keeper: Keeper,
    private readonly room: string,
    private readonly load = () => import('./voiceParts'),
  ) {}

  get recorder(): Recorder | null {
    return this.parts?.recorder ?? null;
  }

  get isOpen(): boolean {
    return this.recorder?.isOpen ?? false;
  }

  /** Loads it, so that it need not be waited for later. */
  async prepare(): Promise<Recorder> {
    if (this.parts) return this.parts.recorder;
    const { microphone, Recorder, ...shown } = await this.load();
    // Whoever was loading it at the same time has made one.
    this.parts ??= { recorder: new Recorder(microphone, this.keeper, this.room), ...shown };
    return this.parts.recorder;
  }

  async start(): Promise<void> {
    this.isWanted = true;
    this.hasFailed = false;
    try {
      const recorder = await this.prepare();
      if (this.isWanted && !this.hasLeft) await recorder.start();
    } catch {
      this.hasFailed = true;
    }
  }

  pause(): void {
    this.isWanted = false;
    this.recorder?.pause();
  }

  cancel(): void {
    this.isWanted = false;
    this.recorder?.cancel();
  }

  /** Ends it; answers what was recorded, if it was anything. Before it has begun there is nothing to end. */
  async finish(): Promise<Recording | null> {
    const { recorder } = this;
    if (recorder && recorder.state !== 'asking') return recorder.finish();
    this.cancel();
    return null;
  }

  /** Takes up what was left behind, if nothing is being recorded; answers whether it does. */
  async takeUp(left: Left): Promise<boolean> {
    const recorder = await this.prepare().catch(() => null);
    return recorder !== null && !this.hasLeft && recorder.takeUp(left);
  }

  /** The room is left: whoever comes back to it finds what was recorded. */
  leave(): void {
    this.hasLeft = true;
    void this.recorder?.leave();
  }
}
