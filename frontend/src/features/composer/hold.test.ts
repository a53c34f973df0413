import { beforeEach, describe, expect, it } from 'vitest';

import { AWAY_PX, Hold, HOLD_MS, UP_PX } from './hold.svelte';

let asked: string[];
let time: number;
let hold: Hold;

beforeEach(() => {
  [asked, time] = [[], 0];
  const ask = (what: string) => () => void asked.push(what);
  const wishes = {
    begin: ask('begin'),
    send: ask('send'),
    cancel: ask('cancel'),
    lost: ask('lost'),
  };
  hold = new Hold(wishes, () => time);
});

const at = (clientX: number, clientY: number, pointerId = 1, pointerType = 'touch') => ({
  clientX,
  clientY,
  pointerId,
  pointerType,
});
const [X, Y] = [300, 800];
const press = (isRightToLeft = false) => hold.down(at(X, Y), isRightToLeft);

describe('a finger on the microphone', () => {
  it('records at once, and sends when it lets go', () => {
    press();
    expect([asked, hold.isDown]).toEqual([['begin'], true]);
    time = HOLD_MS;
    hold.letGo(at(X, Y));
    expect([asked, hold.isDown]).toEqual([['begin', 'send'], false]);
  });

  it('that only taps leaves it recording', () => {
    press();
    time = HOLD_MS - 1;
    hold.letGo(at(X, Y));
    expect([asked, hold.isDown]).toEqual([['begin'], false]);
  });

  it('that slides away throws the recording away, and asks for nothing more', () => {
    press();
    time = HOLD_MS;
    hold.move(at(X - AWAY_PX / 2, Y + 10));
    expect([hold.away, hold.up]).toEqual([0.5, 0]);
    hold.move(at(X - AWAY_PX, Y));
    hold.move(at(X, Y));
    hold.letGo(at(X, Y));
    expect([asked, hold.isDown, hold.away]).toEqual([['begin', 'cancel'], false, 0]);
  });

  it('that comes back before that sends', () => {
    press();
    time = HOLD_MS;
    hold.move(at(X - AWAY_PX + 1, Y));
    hold.move(at(X + 50, Y));
    expect(hold.away).toBe(0);
    hold.letGo(at(X, Y));
    expect(asked).toEqual(['begin', 'send']);
  });

  it('slides away to the right where one reads to the left', () => {
    press(true);
    hold.move(at(X - AWAY_PX, Y));
    expect([hold.isDown, hold.away]).toEqual([true, 0]);
    hold.move(at(X + AWAY_PX, Y));
    expect(asked).toEqual(['begin', 'cancel']);
  });

  it('that slides up leaves it recording, however long it was held', () => {
    press();
    time = HOLD_MS;
    hold.move(at(X - 10, Y - UP_PX / 2));
    expect([hold.away, hold.up]).toEqual([0, 0.5]);
    hold.move(at(X - 10, Y - UP_PX));
    hold.letGo(at(X, Y));
    expect([asked, hold.isDown, hold.up]).toEqual([['begin'], false, 0]);
  });

  it('that is taken away by something else sends nothing', () => {
    press();
    time = HOLD_MS;
    hold.takenAway(at(X, Y));
    hold.letGo(at(X, Y));
    expect([asked, hold.isDown]).toEqual([['begin', 'lost'], false]);
  });

  it('is one finger: what others do is nothing to it', () => {
    press();
    time = HOLD_MS;
    hold.down(at(10, 10, 2), false);
    hold.move(at(X - AWAY_PX, Y, 2));
    hold.letGo(at(10, 10, 2));
    hold.takenAway(at(10, 10, 2));
    expect([asked, hold.isDown]).toEqual([['begin'], true]);
  });

  it('is no mouse and no pen: those click', () => {
    for (const kind of ['mouse', 'pen']) hold.down(at(X, Y, 1, kind), false);
    expect([asked, hold.isDown]).toEqual([[], false]);
  });
});
