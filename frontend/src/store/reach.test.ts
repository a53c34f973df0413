import { describe, expect, it } from 'vitest';

import { tickOf } from './reach';

describe('the tick of a message', () => {
  const others = { delivered: 5, read: 3 };

  it.each([
    [6, 'sent'],
    [5, 'delivered'],
    [4, 'delivered'],
    [3, 'read'],
    [1, 'read'],
  ])('%i of a private room is: %s', (seq, tick) => {
    expect(tickOf({ seq }, 'private', others)).toBe(tick);
  });

  it.each([
    [6, 'sent'],
    [5, 'sent'],
    [3, 'read-by-some'],
  ])('%i of a public room is: %s', (seq, tick) => {
    expect(tickOf({ seq }, 'public', others)).toBe(tick);
  });
});
