import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Piece } from '../offline/recordings';
import {
  LONGEST_MS,
  microphone,
  Recorder,
  type Capture,
  type Keeper,
  type RecorderWorld,
} from './recorder.svelte';

/** A microphone whose every part is a letter. */
class World implements RecorderWorld {
  time = 0;
  stopped = 0;
  readonly track = { enabled: true, stop: () => (this.stopped += 1) };
  isListening = false;
  refuse: Error | null = null;
  hear: (level: number) => void = () => {};
  private listeners = new Map<string, ((event: unknown) => void)[]>();
  private allow: () => void = () => {};
  waits = false;
  isSecure = true;

  async microphone(): Promise<MediaStream> {
    if (this.waits) await new Promise<void>((resolve) => (this.allow = resolve));
    if (this.refuse) throw this.refuse;
    const { track } = this;
    return { getTracks: () => [track] } as unknown as MediaStream;
  }

  allows(): void {
    this.allow();
  }

  capture(): Capture {
    this.listeners = new Map();
    const capture = {
      state: 'inactive' as RecordingState,
      mimeType: 'audio/webm',
      start: () => (capture.state = 'recording'),
      pause: () => (capture.state = 'paused'),
      resume: () => (capture.state = 'recording'),
      requestData: () => this.says('dataavailable', { data: new Blob(['rest ']) }),
      stop: () => {
        capture.state = 'inactive';
        this.says('dataavailable', { data: new Blob(['end']) });
        this.says('stop');
      },
      addEventListener: (type: string, run: (event: unknown) => void) =>
        this.listeners.set(type, [...(this.listeners.get(type) ?? []), run]),
    };
    return capture as unknown as Capture;
  }

  says(type: string, event: unknown = {}): void {
    this.listeners.get(type)?.forEach((run) => run(event));
  }

  listen(_: MediaStream, hear: (level: number) => void): () => void {
    [this.hear, this.isListening] = [hear, true];
    return () => ([this.hear, this.isListening] = [() => {}, false]);
  }

  now(): number {
    return this.time;
  }
}

/** What is kept, as it is said. */
class Kept implements Keeper {
  readonly kept = new Map<string, Piece[]>();
  readonly left: string[] = [];
  private begun = 0;

  begin(room: string): string {
    const id = `${room}-${(this.begun += 1)}`;
    this.kept.set(id, []);
    return id;
  }

  keep(id: string, number: number, piece: Piece): void {
    this.kept.get(id)?.splice(number, 1, piece);
  }

  async forget(id: string): Promise<void> {
    this.kept.delete(id);
  }

  async leave(id: string): Promise<void> {
    this.left.push(id);
  }

  /** What was said, with how long it was after each piece. */
  async said(id: string): Promise<[string, number][]> {
    const pieces = this.kept.get(id) ?? [];
    return Promise.all(
      pieces.map(async ({ data, durationMs }): Promise<[string, number]> => [
        await data.text(),
        durationMs,
      ]),
    );
  }
}

let world: World;
let keeper: Kept;
let recorder: Recorder;

beforeEach(() => {
  [world, keeper] = [new World(), new Kept()];
  recorder = new Recorder(world, keeper, 'tea');
});

const says = (text: string) => world.says('dataavailable', { data: new Blob([text]) });

describe('a recording', () => {
  it('has what was said between the pauses, and gives the microphone back', async () => {
    await recorder.start();
    expect(recorder.state).toBe('recording');
    world.time = 2_000;
    world.hear(0.5);
    expect([recorder.durationMs, recorder.level]).toEqual([2_000, 0.5]);
    says('one ');
    recorder.pause();
    world.time = 60_000;
    world.hear(0.9);
    expect([recorder.state, recorder.durationMs, recorder.level]).toEqual(['paused', 2_000, 0]);
    recorder.resume();
    world.time = 61_000;
    const recording = await recorder.finish();
    expect(recording?.durationMs).toBe(3_000);
    expect(await recording?.blob.text()).toBe('one rest end');
    expect(recording?.blob.type).toBe('audio/webm');
    expect([recorder.state, world.stopped]).toEqual(['idle', 1]);
  });

  it('that is thrown away is nothing, and the next one has nothing of it', async () => {
    await recorder.start();
    says('secret');
    recorder.cancel();
    expect([recorder.state, world.stopped, await recorder.finish()]).toEqual(['idle', 1, null]);
    await recorder.start();
    expect(await (await recorder.finish())?.blob.text()).toBe('end');
  });

  it('that was given up before the browser allowed it does not begin', async () => {
    world.waits = true;
    const started = recorder.start();
    expect(recorder.state).toBe('asking');
    recorder.cancel();
    world.allows();
    await started;
    expect([recorder.state, world.stopped]).toEqual(['idle', 1]);
  });

  it('ends before it is longer than the server takes, also where nothing is heard in between', async () => {
    await recorder.start();
    world.time = LONGEST_MS;
    says('all ');
    expect([recorder.state, recorder.canGoOn, recorder.durationMs]).toEqual([
      'paused',
      false,
      LONGEST_MS,
    ]);
    expect([world.stopped, world.isListening]).toEqual([1, false]);
    expect([recorder.isFull, recorder.isCut]).toEqual([true, false]);
    recorder.resume();
    expect(recorder.state).toBe('paused');
    const recording = await recorder.finish();
    expect(recording?.durationMs).toBe(LONGEST_MS);
    expect(await recording?.blob.text()).toBe('all end');
  });

  it('hears nothing while it is paused', async () => {
    await recorder.start();
    expect([world.track.enabled, world.isListening]).toEqual([true, true]);
    recorder.pause();
    expect([world.track.enabled, world.isListening]).toEqual([false, false]);
    recorder.resume();
    expect([world.track.enabled, world.isListening]).toEqual([true, true]);
    world.hear(0.5);
    expect(recorder.level).toBe(0.5);
  });
});

describe('what was recorded', () => {
  it('is kept piece by piece, with what was said until a pause, and until it is sent', async () => {
    await recorder.start();
    world.time = 1_000;
    world.hear(0.25);
    says('one ');
    world.time = 1_500;
    world.hear(0.5);
    recorder.pause();
    expect(await keeper.said('tea-1')).toEqual([
      ['one ', 1_000],
      ['rest ', 1_500],
    ]);
    expect(keeper.kept.get('tea-1')?.map(({ levels }) => levels)).toEqual([[0.25], [0.5]]);
    const recording = await recorder.finish();
    expect(recording?.id).toBe('tea-1');
    expect([recording?.waveform[0], recording?.waveform.at(-1)]).toEqual([0.5, 1]);
    // Until it is stored as a message.
    expect(keeper.kept.has('tea-1')).toBe(true);
  });

  it('can be heard while it is paused, as far as it goes', async () => {
    await recorder.start();
    says('one ');
    expect(recorder.preview).toBeNull();
    recorder.pause();
    expect(recorder.preview?.id).toBe('tea-1');
    expect(await recorder.preview?.recording.text()).toBe('one rest ');
    expect(recorder.preview?.recording.type).toBe('audio/webm');
    recorder.resume();
    expect(recorder.preview).toBeNull();
  });

  it('is forgotten where it is thrown away', async () => {
    await recorder.start();
    says('one ');
    recorder.cancel();
    expect(keeper.kept.size).toBe(0);
  });

  it('waits in the room that is left, with what was said last', async () => {
    await recorder.start();
    world.time = 700;
    await recorder.leave();
    expect(await keeper.said('tea-1')).toEqual([['end', 700]]);
    expect([keeper.left, recorder.state, world.stopped]).toEqual([['tea-1'], 'idle', 1]);
  });

  it('is not left where the browser still asked', async () => {
    world.waits = true;
    void recorder.start();
    await recorder.leave();
    expect([keeper.left, recorder.state]).toEqual([[], 'idle']);
  });

  it('is sent as it was left, and nothing is recorded into it', async () => {
    const pieces = ['one ', 'two'].map((text, at) => ({
      data: new Blob([text], { type: 'audio/webm' }),
      durationMs: (at + 1) * 1_000,
      levels: [at],
    }));
    expect(recorder.takeUp({ id: 'left', pieces })).toBe(true);
    expect([recorder.state, recorder.durationMs, recorder.levels]).toEqual([
      'paused',
      2_000,
      [0, 1],
    ]);
    expect(recorder.canGoOn).toBe(false);
    recorder.resume();
    expect(recorder.state).toBe('paused');
    const recording = await recorder.finish();
    expect(recording).toMatchObject({ id: 'left', durationMs: 2_000 });
    expect(await recording?.blob.text()).toBe('one two');
    expect(recording?.blob.type).toBe('audio/webm');
  });

  it('is not taken up over what is recorded now', async () => {
    await recorder.start();
    expect(recorder.takeUp({ id: 'left', pieces: [] })).toBe(false);
    expect(recorder.state).toBe('recording');
  });

  it('is there when the microphone is taken away, and cannot be gone on with', async () => {
    await recorder.start();
    world.time = 1_000;
    says('one');
    world.says('stop');
    expect([recorder.state, recorder.canGoOn, recorder.durationMs]).toEqual([
      'paused',
      false,
      1_000,
    ]);
    expect([world.stopped, world.isListening]).toEqual([1, false]);
    expect([recorder.isFull, recorder.isCut]).toEqual([false, true]);
    await recorder.finish();
    await recorder.start();
    expect(recorder.isCut).toBe(false);
  });

  it('is handed over once, however often it is asked for', async () => {
    await recorder.start();
    const both = await Promise.all([recorder.finish(), recorder.finish()]);
    expect(both.filter((recording) => recording !== null)).toHaveLength(1);
    expect(await both.find((recording) => recording !== null)?.blob.text()).toBe('end');
  });
});

describe('this browser’s microphone', () => {
  beforeEach(() => void vi.useFakeTimers());

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is listened to also where the browser lets nothing sound before the person has pressed something', () => {
    const context = {
      state: 'suspended',
      resume: vi.fn(async () => void (context.state = 'running')),
      close: vi.fn(async () => {}),
      createMediaStreamSource: () => ({ connect: () => {} }),
      createAnalyser: () => ({
        fftSize: 0,
        getFloatTimeDomainData: (samples: Float32Array) =>
          samples.fill(context.state === 'running' ? 0.25 : 0),
      }),
    };
    vi.stubGlobal(
      'AudioContext',
      vi.fn(function () {
        return context;
      }),
    );
    const heard: number[] = [];
    const stop = microphone.listen({} as MediaStream, (level) => heard.push(level));
    vi.advanceTimersByTime(300);
    expect(heard).toEqual([0.5, 0.5, 0.5]);
    expect(context.resume).toHaveBeenCalledOnce();
    stop();
    expect(context.close).toHaveBeenCalledOnce();
  });
});

it('says whether it may not, or cannot', async () => {
  world.refuse = new DOMException('no', 'NotAllowedError');
  await recorder.start();
  expect(recorder.state).toBe('denied');
  world.refuse = new DOMException('none', 'NotFoundError');
  await recorder.start();
  expect(recorder.state).toBe('unable');
  world.isSecure = false;
  await recorder.start();
  expect(recorder.state).toBe('insecure');
});
