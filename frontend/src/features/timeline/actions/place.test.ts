import { describe, expect, it } from 'vitest';

import { beside } from './place';

const row = { top: 100, left: 0, right: 800, height: 60 };
const bar = { width: 130, height: 36 };
const box = (left: number, right: number, height = 40) => ({ top: 102, left, right, height });

describe('the bar', () => {
  it('stands beside a bubble, on the side where there is room', () => {
    expect(beside(row, box(50, 300), bar, false)).toEqual({ top: 4, left: 306 });
    expect(beside(row, box(500, 784), bar, true)).toEqual({ top: 4, left: 500 - 6 - 130 });
  });

  it('stands at the first line of a high one', () => {
    expect(beside(row, box(50, 300, 400), bar, false).top).toBe(2 + (44 - 36) / 2);
  });

  it('stands over the upper edge where there is no room, and within the row', () => {
    expect(beside(row, box(50, 760), bar, false)).toEqual({ top: 2 - 18 - 6, left: 760 - 6 - 130 });
    expect(beside(row, box(40, 784), bar, true)).toEqual({ top: 2 - 18 - 6, left: 46 });
    const narrow = { ...row, right: 120 };
    expect(beside(narrow, box(8, 110), bar, false).left).toBe(0);
  });
});
