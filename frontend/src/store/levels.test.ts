import { expect, it } from 'vitest';

import { summary, WAVEFORM, waveformOf } from './levels';

it('each part is as loud as the loudest that it stands for', () => {
  expect(summary([0.1, 0.9, 0.2, 0.3, 0, 0.5], 3)).toEqual([0.9, 0.3, 0.5]);
  expect(summary([0.1, 0.2, 0.9], 2)).toEqual([0.1, 0.9]);
});

it('a short recording takes as much room as a long one, and none is silence', () => {
  expect(summary([0.1, 0.2], 4)).toEqual([0.1, 0.1, 0.2, 0.2]);
  expect(summary([], 2)).toEqual([0, 0]);
  expect(summary([0.5], 0)).toEqual([]);
});

it('a waveform is as high as its loudest part, and silence is flat', () => {
  const waveform = waveformOf([0.1, 0.2]);
  expect([waveform.length, waveform[0], waveform.at(-1)]).toEqual([WAVEFORM, 0.5, 1]);
  expect(waveformOf([0, 0])).toEqual(Array(WAVEFORM).fill(0));
});
