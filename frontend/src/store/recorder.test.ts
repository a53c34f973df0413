import { beforeEach, describe, expect, it } from 'vitest';

import { LONGEST_MS, Recorder, type Capture, type RecorderWorld } from './recorder.svelte';

/** A microphone whose every part is a letter. */
class World implements RecorderWorld {
  time = 0;
  stopped = 0;
  refuse: Error | null = null;
  hear: (level: number) => void = () => {};
  private listeners = new Map<string, ((event: unknown) => void)[]>();
  private allow: () => void = () => {};
  waits = false;

  async microphone(): Promise<MediaStream> {
    if (this.waits) await new Promise<void>((resolve) => (this.allow = resolve));
    if (this.refuse) throw this.refuse;
    const track = { stop: () => (this.stopped += 1) };
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
    this.hear = hear;
    return () => (this.hear = () => {});
  }

  now(): number {
    return this.time;
  }
}

let world: World;
let recorder: Recorder;

beforeEach(() => {
  world = new World();
  recorder = new Recorder(world);
});

describe('a recording', () => {
  it('has what was said between the pauses, and gives the microphone back', async () => {
    await recorder.start();
    expect(recorder.state).toBe('recording');
    world.time = 2_000;
    world.hear(0.5);
    expect([recorder.durationMs, recorder.level]).toEqual([2_000, 0.5]);
    world.says('dataavailable', { data: new Blob(['one ']) });
    recorder.pause();
    world.time = 60_000;
    world.hear(0.9);
    expect([recorder.state, recorder.durationMs, recorder.level]).toEqual(['paused', 2_000, 0]);
    recorder.resume();
    world.time = 61_000;
    const recording = await recorder.finish();
    expect(recording?.durationMs).toBe(3_000);
    expect(await recording?.blob.text()).toBe('one end');
    expect(recording?.blob.type).toBe('audio/webm');
    expect([recorder.state, world.stopped]).toEqual(['idle', 1]);
  });

  it('that is thrown away is nothing, and the next one has nothing of it', async () => {
    await recorder.start();
    world.says('dataavailable', { data: new Blob(['secret']) });
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

  it('stands still before it is longer than the server takes', async () => {
    await recorder.start();
    world.time = LONGEST_MS;
    world.hear(0.5);
    expect(recorder.state).toBe('paused');
    recorder.resume();
    expect(recorder.state).toBe('paused');
    expect((await recorder.finish())?.durationMs).toBe(LONGEST_MS);
  });
});

it('says whether it may not, or cannot', async () => {
  world.refuse = new DOMException('no', 'NotAllowedError');
  await recorder.start();
  expect(recorder.state).toBe('denied');
  world.refuse = new DOMException('none', 'NotFoundError');
  await recorder.start();
  expect(recorder.state).toBe('unable');
});
