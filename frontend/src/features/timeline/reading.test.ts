import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LOOK_MS, Reading } from './reading';

let marks: number[];
let reading: Reading;

beforeEach(() => {
  vi.useFakeTimers();
  marks = [];
  reading = new Reading((seq) => marks.push(seq));
  reading.isLooking = true;
});

afterEach(() => vi.useRealTimers());

describe('what counts as read', () => {
  it('was in view for half a second', () => {
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS - 1);
    expect(marks).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(marks).toEqual([5]);
  });

  it('is only what was in view all the time', () => {
    reading.sees(9);
    vi.advanceTimersByTime(200);
    reading.sees(4);
    vi.advanceTimersByTime(LOOK_MS);
    expect(marks).toEqual([4]);
  });

  it('grows with what came later, after its own half second', () => {
    reading.sees(5);
    vi.advanceTimersByTime(300);
    reading.sees(8);
    vi.advanceTimersByTime(200);
    expect(marks).toEqual([5]);
    vi.advanceTimersByTime(LOOK_MS);
    expect(marks).toEqual([5, 8]);
  });

  it('never shrinks', () => {
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS);
    reading.sees(3);
    vi.advanceTimersByTime(LOOK_MS);
    expect(marks).toEqual([5]);
  });

  it('is nothing that only flew past on the way back', () => {
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS);
    reading.sees(50);
    vi.advanceTimersByTime(200);
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS * 2);
    expect(marks).toEqual([5]);
  });

  it('is nothing while nobody looks', () => {
    reading.isLooking = false;
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS * 2);
    expect(marks).toEqual([]);
  });

  it('is nothing when the person looks away too early', () => {
    reading.sees(5);
    vi.advanceTimersByTime(LOOK_MS - 1);
    reading.isLooking = false;
    vi.advanceTimersByTime(LOOK_MS);
    expect(marks).toEqual([]);
  });

  it('is nothing after it was closed', () => {
    reading.sees(5);
    reading.close();
    vi.advanceTimersByTime(LOOK_MS);
    expect(marks).toEqual([]);
  });
});
