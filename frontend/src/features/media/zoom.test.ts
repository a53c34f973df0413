import { describe, expect, it } from 'vitest';

import { fitted, meant, MOST, panned, WHOLE, zoomed, type Room } from './zoom';

const frame = { width: 400, height: 800 };
const room: Room = { frame, fitted: { width: 400, height: 300 } };

describe('a picture that is looked at', () => {
  it('fits into its frame, and is not blown up', () => {
    expect(fitted({ width: 4_000, height: 3_000 }, frame)).toEqual({ width: 400, height: 300 });
    expect(fitted({ width: 100, height: 50 }, frame)).toEqual({ width: 100, height: 50 });
  });

  it('keeps what is under the fingers where it is', () => {
    const at = { x: 100, y: 0 };
    const closer = zoomed(WHOLE, 2, at, room);
    // What was 100 from the middle is 200 from it now, less what the picture was moved.
    expect(closer).toEqual({ scale: 2, x: -100, y: 0 });
    expect(zoomed(closer, 0.5, at, room)).toEqual(WHOLE);
  });

  it('leaves no space at an edge for nothing', () => {
    const closer = zoomed(WHOLE, 2, { x: 0, y: 0 }, room);
    expect(panned(closer, 1_000, 1_000, room)).toEqual({ scale: 2, x: 200, y: 0 });
    expect(panned(WHOLE, 50, 50, room)).toEqual(WHOLE);
  });

  it('is never smaller than whole, nor larger than can be seen', () => {
    expect(zoomed(WHOLE, 0.1, { x: 0, y: 0 }, room)).toEqual(WHOLE);
    expect(zoomed(WHOLE, 1_000, { x: 0, y: 0 }, room).scale).toBe(MOST);
  });

  it('gives way to the next, the one before, or the conversation', () => {
    expect(meant(-80, 10)).toBe('next');
    expect(meant(80, -10)).toBe('previous');
    expect(meant(10, 150)).toBe('away');
    expect(meant(-20, 5)).toBeNull();
    expect(meant(5, -200)).toBeNull();
  });
});
