import { beforeEach, describe, expect, it, vi } from 'vitest';

import type * as parts from './voiceParts';
import { Voice } from './voice.svelte';

const recorder = {
  state: 'idle',
  isOpen: false,
  start: vi.fn(),
  pause: vi.fn(),
  cancel: vi.fn(),
  finish: vi.fn(),
  takeUp: vi.fn(() => true),
  leave: vi.fn(),
};
let loaded: () => void;
let fails: () => void;
let voice: Voice;

beforeEach(() => {
  vi.clearAllMocks();
  recorder.state = 'idle';
  const load = () =>
    new Promise<typeof parts>((resolve, reject) => {
      const Recorder = vi.fn(function () {
        return recorder;
      });
      loaded = () => resolve({ Recorder } as unknown as typeof parts);
      fails = () => reject(new Error('away'));
    });
  voice = new Voice({} as never, 'general', load);
});

describe('a voice that is loaded when it is wanted', () => {
  it('records as soon as it is there', async () => {
    const starting = voice.start();
    loaded();
    await starting;
    expect(recorder.start).toHaveBeenCalledOnce();
    await voice.start();
    expect(recorder.start).toHaveBeenCalledTimes(2);
  });

  it('records nothing that was called off, sent or left before it was there', async () => {
    const ways = [() => voice.cancel(), () => voice.pause(), () => voice.finish()];
    for (const callOff of ways) {
      const starting = voice.start();
      void callOff();
      loaded();
      await starting;
      // Loaded anew each time.
      voice.parts = null;
    }
    const starting = voice.start();
    voice.leave();
    loaded();
    await starting;
    expect(recorder.start).not.toHaveBeenCalled();
    expect(recorder.finish).not.toHaveBeenCalled();
  });

  it('says that it cannot be loaded, and is loaded when it is wanted once more', async () => {
    const starting = voice.start();
    fails();
    await starting;
    expect(voice.hasFailed).toBe(true);
    const again = voice.start();
    expect(voice.hasFailed).toBe(false);
    loaded();
    await again;
    expect(recorder.start).toHaveBeenCalledOnce();
  });

  it('takes up what was left, but not for a room that was left meanwhile', async () => {
    const left = { id: 'recording', pieces: [] };
    const taking = voice.takeUp(left);
    loaded();
    expect(await taking).toBe(true);
    voice.leave();
    expect(await voice.takeUp(left)).toBe(false);
    expect(recorder.leave).toHaveBeenCalledOnce();
  });
});
