import { describe, expect, it } from 'vitest';

import { albumOf, drawnSize, WIDTH_REM, widthOf } from './layout';

const square = { width: 1_000, height: 1_000 };
const wide = { width: 1_600, height: 900 };
const strip = { width: 5_000, height: 100 };
const thread = { width: 100, height: 5_000 };
const of = (count: number) => Array.from({ length: count }, () => square);

describe('an album', () => {
  it('shows each picture once, in its order, in rows of at most three', () => {
    for (let count = 1; count <= 10; count += 1) {
      const rows = albumOf(of(count));
      expect(rows.flat().map(({ at }) => at)).toEqual([...Array(count).keys()]);
      expect(rows.every((row) => row.length <= 3)).toBe(true);
    }
  });

  it('shows more than there may be all the same', () => {
    expect(albumOf(of(12)).flat()).toHaveLength(12);
  });

  it('shows one at its own ratio, and cuts a strip or a thread', () => {
    expect(albumOf([wide])).toEqual([[{ at: 0, ratio: 1_600 / 900 }]]);
    expect(albumOf([strip])[0]?.[0]?.ratio).toBe(3);
    expect(albumOf([thread])[0]?.[0]?.ratio).toBe(0.5);
  });

  it('lets no picture of a row take the space of the others', () => {
    const rows = albumOf([strip, thread, square, wide]);
    for (const row of rows) {
      const whole = row.reduce((sum, { ratio }) => sum + ratio, 0);
      for (const { ratio } of row) expect(ratio / whole).toBeGreaterThan(0.25);
    }
  });

  it('knows its width before anything is loaded, and blows up nothing small', () => {
    expect(widthOf(of(3))).toBe(WIDTH_REM);
    expect(widthOf([wide])).toBe(WIDTH_REM);
    expect(widthOf([{ width: 160, height: 160 }])).toBe(10);
    expect(widthOf([{ width: 1, height: 1 }])).toBe(6);
    // As high as it may be, and no wider than that allows.
    expect(widthOf([thread])).toBe(6.25);
    expect(widthOf([{ width: 1_000, height: 2_000 }])).toBe(12);
  });

  it('takes a size that is none for a square', () => {
    expect(albumOf([{ width: 0, height: 0 }])[0]?.[0]?.ratio).toBe(1);
  });
});

it('a picture is drawn no larger than its place needs, and none smaller is blown up', () => {
  expect(drawnSize({ width: 8_000, height: 6_000 })).toEqual({ width: 939, height: 704 });
  expect(drawnSize({ width: 300, height: 4_000 })).toEqual({ width: 300, height: 4_000 });
});
