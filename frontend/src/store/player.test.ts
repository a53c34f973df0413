import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Message } from '../api/types';
import { local } from '../lib/local';
import type { Tabs } from '../lib/tabs';
import { message } from '../testing/messages';
import { settled } from '../testing/world';
import { Addresses } from './addresses';
import { Player, type Sound } from './player.svelte';
import type { Unheard } from './unheard';

const NOW = 1_700_000_000_000;

/** A sound that plays as soon as it is asked to. */
class FakeSound implements Sound {
  src = '';
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  plays: readonly string[] = ['audio/webm', 'audio/wav'];
  private readonly listeners = new Map<string, () => void>();

  addEventListener(type: string, run: unknown): void {
    this.listeners.set(type, run as () => void);
  }

  say(type: string): void {
    this.listeners.get(type)?.();
  }

  canPlayType(mime: string): CanPlayTypeResult {
    return this.plays.includes(mime) ? 'maybe' : '';
  }

  play(): Promise<void> {
    this.paused = false;
    this.say('playing');
    return Promise.resolve();
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.say('pause');
  }
}

function voice(seq: number, endsIn = 900): Message {
  const url = (kind: string) =>
    `https://chat.example/media/audio/${seq}.${kind}?until=${NOW / 1_000 + endsIn}&signature=s`;
  const sources = [
    { url: url('webm'), mime: 'audio/webm', bytes: 10 },
    { url: url('wav'), mime: 'audio/wav', bytes: 1_000 },
  ];
  const audio = { id: String(seq), duration_ms: 10_000, waveform: [0, 31], sources };
  return { ...message(seq), audio };
}

const sound = new FakeSound();
const call = vi.fn();
const unheard = { began: vi.fn(), after: vi.fn<Unheard['after']>() };
const addressesOf = () => new Addresses({ origin: '', call: call as never }, () => NOW);

/** What is said between tabs. */
const said = vi.fn();
let hear: () => void = () => {};
const others: Tabs<null> = {
  say: said,
  onNews: (listen) => (hear = () => listen(null)),
};
const playerOf = () => new Player(addressesOf(), sound, unheard, others);

beforeEach(() => {
  Object.assign(sound, new FakeSound(), { play: FakeSound.prototype.play });
  call.mockReset();
  unheard.began.mockReset();
  said.mockReset();
  unheard.after.mockReset().mockResolvedValue(null);
  local.removeItem('adda.speed');
  vi.stubGlobal('location', { href: 'https://here.example/rooms/general' });
});

describe('a voice message', () => {
  it('is played from this page’s server, in the smallest form that the browser plays', async () => {
    const player = playerOf();
    await player.toggle(voice(1));
    expect(sound.src).toMatch(/^https:\/\/here\.example\/media\/audio\/1\.webm\?until=/);
    expect(player.current).toMatchObject({ id: voice(1).id, state: 'playing' });
    sound.plays = ['audio/wav'];
    await player.toggle(voice(2));
    expect(sound.src).toContain('/media/audio/2.wav?');
    expect(player.current).toMatchObject({ id: voice(2).id, state: 'playing', at: 0 });
  });

  it('goes on where it was paused, and begins again once it ended', async () => {
    const player = playerOf();
    await player.toggle(voice(1));
    sound.currentTime = 4;
    sound.say('timeupdate');
    await player.toggle(voice(1));
    expect(player.current).toMatchObject({ state: 'paused', at: 4 });
    await player.toggle(voice(1));
    expect(sound.currentTime).toBe(4);
    sound.say('ended');
    expect(player.current).toMatchObject({ state: 'paused', at: 0 });
  });

  it('is asked for anew when its address ends, and when it could not be played', async () => {
    const player = playerOf();
    call.mockResolvedValue(voice(1));
    await player.toggle(voice(1, 3));
    expect(call).toHaveBeenCalledOnce();
    expect(sound.src).toContain(`until=${NOW / 1_000 + 900}`);
    sound.currentTime = 7;
    sound.say('timeupdate');
    sound.say('error');
    await vi.waitFor(() => expect(player.current).toMatchObject({ state: 'playing', at: 7 }));
    expect(call).toHaveBeenCalledTimes(2);
    expect(sound.src).toContain('/1.wav?');
    sound.say('error');
    expect(player.current).toMatchObject({ state: 'failed' });
    expect(call).toHaveBeenCalledTimes(2);
    await player.toggle(voice(1));
    expect(player.current).toMatchObject({ state: 'playing' });
  });

  it('that is paused stays silent when its address has ended, and is heard from its new place', async () => {
    const player = playerOf();
    call.mockResolvedValue(voice(1));
    await player.toggle(voice(1));
    await player.toggle(voice(1));
    await player.seek(voice(1), 6);
    sound.say('error');
    expect(player.current).toMatchObject({ state: 'paused', at: 6 });
    await settled();
    expect([sound.paused, sound.currentTime]).toEqual([true, 6]);
    expect(sound.src).toContain('/1.wav?');
    await player.toggle(voice(1));
    expect(player.current).toMatchObject({ state: 'playing', at: 6 });
  });

  it('gives way to another that is begun while its address is asked for', async () => {
    const player = playerOf();
    let answer: (message: Message) => void = () => {};
    call.mockReturnValue(new Promise<Message>((resolve) => (answer = resolve)));
    const first = player.toggle(voice(1, 0));
    await player.toggle(voice(2));
    answer(voice(1));
    await first;
    expect(player.current).toMatchObject({ id: voice(2).id, state: 'playing' });
    expect(sound.src).toContain('/2.webm');
  });

  it('begins where somebody sought in it while its address was asked for', async () => {
    const player = playerOf();
    let answer: (message: Message) => void = () => {};
    call.mockReturnValue(new Promise<Message>((resolve) => (answer = resolve)));
    const begun = player.toggle(voice(1, 0));
    await player.seek(voice(1, 0), 5);
    answer(voice(1));
    await begun;
    expect([sound.currentTime, player.current?.at]).toEqual([5, 5]);
  });

  it('is told as heard once it sounds, and not where it cannot be played', async () => {
    const player = playerOf();
    sound.play = () => Promise.reject(new DOMException('no', 'NotSupportedError'));
    await player.toggle(voice(1));
    expect(player.current).toMatchObject({ state: 'failed' });
    expect(unheard.began).not.toHaveBeenCalled();
    Object.assign(sound, { play: FakeSound.prototype.play });
    await player.toggle(voice(1));
    expect(unheard.began).toHaveBeenCalledExactlyOnceWith(voice(1));
  });

  it('fails with a word, and not for whoever pauses in between', async () => {
    const player = playerOf();
    call.mockRejectedValue(new Error('away'));
    await player.toggle(voice(1, 0));
    expect(player.current).toMatchObject({ state: 'failed' });
  });
});

describe('the next one', () => {
  it('follows by itself what ends, and is heard by then', async () => {
    const player = playerOf();
    unheard.after.mockResolvedValueOnce(voice(2));
    await player.toggle(voice(1));
    sound.say('ended');
    await vi.waitFor(() =>
      expect(player.current).toMatchObject({ id: voice(2).id, state: 'playing' }),
    );
    expect(unheard.began.mock.calls).toEqual([[voice(1)], [voice(2)]]);
    sound.say('ended');
    await vi.waitFor(() => expect(unheard.after).toHaveBeenLastCalledWith(voice(2)));
    expect(player.current).toMatchObject({ id: voice(2).id, state: 'paused', at: 0 });
  });

  it('does not follow what is paused', async () => {
    const player = playerOf();
    await player.toggle(voice(1));
    await player.toggle(voice(1));
    expect(unheard.after).not.toHaveBeenCalled();
  });

  it('does not follow where somebody wanted silence, or another, while it was looked for', async () => {
    const player = playerOf();
    let answer: (next: Message) => void = () => {};
    const looks = () => unheard.after.mockReturnValueOnce(new Promise((done) => (answer = done)));
    looks();
    await player.toggle(voice(1));
    sound.say('ended');
    player.pause();
    answer(voice(2));
    await settled();
    expect(player.current).toMatchObject({ id: voice(1).id, state: 'paused' });
    looks();
    await player.toggle(voice(1));
    sound.say('ended');
    await player.toggle(voice(3));
    answer(voice(2));
    await settled();
    expect(player.current).toMatchObject({ id: voice(3).id, state: 'playing' });
  });

  it('that cannot be found leaves the last as it was', async () => {
    const player = playerOf();
    unheard.after.mockRejectedValueOnce(new Error('away'));
    await player.toggle(voice(1));
    sound.say('ended');
    await settled();
    expect(player.current).toMatchObject({ id: voice(1).id, state: 'paused', at: 0 });
  });
});

describe('what is recorded', () => {
  const preview = { id: 'recording', room: 'general', recording: new Blob(['one']) };
  const urls = new Map<string, Blob>();

  beforeEach(() => {
    urls.clear();
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      const url = `blob:${urls.size + 1}`;
      urls.set(url, blob as Blob);
      return url;
    });
    vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void urls.delete(url));
  });

  it('is heard in the place of a message, from where it was paused, and nothing follows it', async () => {
    const player = playerOf();
    await player.toggle(voice(1));
    await player.toggle(preview);
    expect(urls.get(sound.src)).toBe(preview.recording);
    expect(player.current).toMatchObject({ id: 'recording', state: 'playing', at: 0 });
    sound.currentTime = 2;
    sound.say('timeupdate');
    await player.toggle(preview);
    await player.toggle(preview);
    expect([sound.currentTime, urls.size]).toEqual([2, 1]);
    sound.say('ended');
    await settled();
    expect(player.current).toMatchObject({ state: 'paused', at: 0 });
    expect(unheard.after).not.toHaveBeenCalled();
    expect(unheard.began).toHaveBeenCalledOnce();
  });

  it('is heard with what was recorded since', async () => {
    const player = playerOf();
    await player.toggle(preview);
    player.pause();
    const longer = { ...preview, recording: new Blob(['one two']) };
    await player.toggle(longer);
    expect([...urls.values()]).toEqual([longer.recording]);
    expect(urls.get(sound.src)).toBe(longer.recording);
  });

  it('is silent and taken back once it is sent, and leaves a message alone', async () => {
    const player = playerOf();
    await player.toggle(preview);
    player.forget('recording');
    expect([sound.paused, player.current, urls.size]).toEqual([true, null, 0]);
    await player.toggle(voice(1));
    player.forget('recording');
    expect(player.current).toMatchObject({ id: voice(1).id, state: 'playing' });
  });
});

it('is the only sound of the browser: what begins here is told, and what begins elsewhere is heard there', async () => {
  const player = playerOf();
  await player.toggle(voice(1));
  expect(said).toHaveBeenCalledOnce();
  hear();
  expect([sound.paused, player.current?.state]).toEqual([true, 'paused']);
  expect(said).toHaveBeenCalledOnce();
});

it('is hushed in all tabs', async () => {
  const player = playerOf();
  await player.toggle(voice(1));
  said.mockClear();
  player.hush();
  expect([sound.paused, player.current?.state]).toEqual([true, 'paused']);
  expect(said).toHaveBeenCalledOnce();
});

it('remembers the speed', async () => {
  const player = playerOf();
  await player.toggle(voice(1));
  player.faster();
  expect([player.speed, sound.playbackRate]).toEqual([1.5, 1.5]);
  expect(playerOf().speed).toBe(1.5);
  player.faster();
  player.faster();
  expect(player.speed).toBe(1);
});
