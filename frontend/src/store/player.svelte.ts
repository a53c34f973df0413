// Plays voice messages: one at a time in all tabs, on while the room changes, for as long as somebody is signed in.
// After one that ends comes the next of its room that was not heard. What is recorded is played here too.
import type { Message } from '../api/types';
import { local } from '../lib/local';
import type { Tabs } from '../lib/tabs';
import type { Addresses } from './addresses';
import type { Unheard } from './unheard';

export type Audio = NonNullable<Message['audio']>;

/** The part of an `HTMLAudioElement` that is used. */
export type Sound = Pick<
  HTMLAudioElement,
  | 'src'
  | 'currentTime'
  | 'playbackRate'
  | 'paused'
  | 'play'
  | 'pause'
  | 'canPlayType'
  | 'addEventListener'
>;

/** What was recorded, and the server does not have yet. */
export interface Take {
  /** The `client_id` of the message that it becomes. */
  id: string;
  room: string;
  recording: Blob;
}

/** What can be played. */
export type Playable = Message | Take;

/** What is played, or was last. */
interface Current {
  id: string;
  played: Playable;
  /** Where in it, in seconds. */
  at: number;
  state: 'loading' | 'playing' | 'paused' | 'failed';
  /** Its addresses were asked for anew, since they opened nothing. */
  isSecondTry: boolean;
}

export const SPEEDS = [1, 1.5, 2] as const;
const KEY = 'adda.speed';

export class Player {
  current = $state.raw<Current | null>(null);
  speed = $state<number>(SPEEDS.find((speed) => String(speed) === local.getItem(KEY)) ?? 1);
  /** The address under which a recording of this page is played. */
  private lent: { recording: Blob; url: string } | null = null;
  /** What the sound was given last opened nothing. */
  private isBroken = false;
  /** Which turn it is: an answer that comes for an earlier one is late. */
  private turn = 0;

  constructor(
    private readonly addresses: Pick<Addresses, 'here' | 'fresh'>,
    private readonly sound: Sound,
    private readonly unheard: Pick<Unheard, 'began' | 'after'>,
    /** The other tabs of this browser: they hear that something begins to sound in this one. */
    private readonly others: Tabs<null>,
  ) {
    others.onNews(() => this.pause());
    sound.addEventListener('timeupdate', () => this.moved());
    sound.addEventListener('playing', () => this.is('playing'));
    sound.addEventListener('pause', () => this.hasPaused());
    sound.addEventListener('ended', () => void this.ended());
    sound.addEventListener('error', () => void this.tryAgain());
  }

  /** Something is heard, or is about to be. */
  get isOn(): boolean {
    return this.current?.state === 'playing' || this.current?.state === 'loading';
  }

  /** Plays something from where it stands, or pauses it. */
  async toggle(played: Playable): Promise<void> {
    const { current } = this;
    if (current?.id !== played.id) return this.begin(played, 0);
    if (this.isOn) this.pause();
    else await this.begin(played, current.at);
  }

  /** Nothing is to be heard any more, until somebody asks for it. */
  pause(): void {
    // What is being loaded, or looked for, is not to begin.
    this.turn += 1;
    this.sound.pause();
    if (this.current?.state !== 'failed') this.is('paused');
  }

  /** The same in all tabs: whatever sounds would be recorded. */
  hush(): void {
    this.pause();
    this.others.say(null);
  }

  /** Goes to a place, in seconds, and plays on where it was playing. */
  async seek(played: Playable, at: number): Promise<void> {
    const { current } = this;
    if (current?.id === played.id && current.state !== 'failed') {
      this.sound.currentTime = at;
      this.current = { ...current, at };
    } else {
      await this.begin(played, at);
    }
  }

  /** The next of the speeds; it is remembered. */
  faster(): void {
    const next = SPEEDS[(SPEEDS.findIndex((speed) => speed === this.speed) + 1) % SPEEDS.length];
    this.speed = next ?? 1;
    this.sound.playbackRate = this.speed;
    local.setItem(KEY, String(this.speed));
  }

  /** Something is not to be heard any more, wherever it stands. */
  forget(id: string): void {
    if (this.current?.id === id) this.close();
  }

  /** Nobody is signed in any more. */
  close(): void {
    this.turn += 1;
    this.current = null;
    this.sound.pause();
    this.sound.src = '';
    this.takeBack();
  }

  /** The address may have ended while it was played, or paused: then it stays silent. */
  private async tryAgain(): Promise<void> {
    const { current } = this;
    this.isBroken = true;
    if (current && !current.isSecondTry) {
      await this.begin(current.played, current.at, true, current.state === 'paused');
    } else {
      this.is('failed');
    }
  }

  private async begin(
    played: Playable,
    at: number,
    isSecondTry = false,
    isSilent = false,
  ): Promise<void> {
    const turn = ++this.turn;
    this.sound.pause();
    const state = isSilent ? 'paused' : 'loading';
    this.current = { id: played.id, played, at, state, isSecondTry };
    try {
      const address = await this.addressOf(played, isSecondTry);
      if (turn !== this.turn) return;
      // What could not be loaded is loaded again only if it is said again.
      if (this.isBroken || this.sound.src !== address) this.sound.src = address;
      this.isBroken = false;
      // Somebody may have sought in it meanwhile.
      this.sound.currentTime = this.current.at;
      this.sound.playbackRate = this.speed;
      if (isSilent) return;
      this.others.say(null);
      await this.sound.play();
      // What cannot be heard is not told as heard.
      if (!isTake(played)) this.unheard.began(played);
    } catch {
      // Who pauses before it plays breaks that off.
      if (turn === this.turn) this.is('failed');
    }
  }

  private async addressOf(played: Playable, isSecondTry: boolean): Promise<string> {
    if (isTake(played)) return this.lend(played.recording);
    const { audio } = await this.addresses.fresh(played, isSecondTry);
    return this.address(audio, isSecondTry);
  }

  private lend(recording: Blob): string {
    if (this.lent?.recording !== recording) {
      this.takeBack();
      this.lent = { recording, url: URL.createObjectURL(recording) };
    }
    return this.lent.url;
  }

  private takeBack(): void {
    if (this.lent) URL.revokeObjectURL(this.lent.url);
    this.lent = null;
  }

  /**
   * The first one that this browser says it plays, where this app finds the server; after an error the last
   * one, which plays everywhere.
   */
  private address(audio: Audio | undefined, isSecondTry: boolean): string {
    const sources = audio?.sources ?? [];
    const plays = ({ mime }: Audio['sources'][number]) => this.sound.canPlayType(mime) !== '';
    const source = (isSecondTry ? undefined : sources.find(plays)) ?? sources.at(-1);
    if (!source) throw new Error('The message has no recording any more.');
    return this.addresses.here(source.url);
  }

  private moved(): void {
    const { current } = this;
    if (current && current.state !== 'loading') {
      this.current = { ...current, at: this.sound.currentTime };
    }
  }

  private async ended(): Promise<void> {
    const { current, turn } = this;
    if (!current) return;
    this.current = { ...current, at: 0, state: 'paused' };
    if (isTake(current.played)) return;
    // Whoever cannot say what follows has said enough.
    const next = await this.unheard.after(current.played).catch(() => null);
    if (next && turn === this.turn) await this.begin(next, 0);
  }

  /** Said late: what was paused may be loading again, or another may be, by then. */
  private hasPaused(): void {
    if (this.current?.state === 'playing' && this.sound.paused) this.is('paused');
  }

  private is(state: Current['state']): void {
    if (this.current) this.current = { ...this.current, state };
  }
}

export function isTake(played: Playable): played is Take {
  return 'recording' in played;
}
