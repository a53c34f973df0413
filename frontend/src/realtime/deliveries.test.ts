import { beforeEach, describe, expect, it } from 'vitest';

import type { ClientFrame } from '../api/types';
import type { RoomState } from '../store/model';
import { entered, general, summary } from '../testing/messages';
import { Clock } from '../testing/world';
import { AT_ONCE, Deliveries, EVERY_MS } from './deliveries';

let clock: Clock;
let rooms: RoomState[];
let sent: ClientFrame[];
let isConnected: boolean;
let deliveries: Deliveries;

beforeEach(() => {
  clock = new Clock();
  [rooms, sent, isConnected] = [[], [], true];
  const send = (frame: ClientFrame) => {
    if (isConnected) sent.push(frame);
    return isConnected;
  };
  deliveries = new Deliveries(() => rooms, send, clock.after);
});

/** A room in which so many messages are, of which some are unread. */
function room(name: string, cursor: number, unread: number, kind: 'public' | 'private'): RoomState {
  const about = summary({ name, kind, unread, last_seq: cursor });
  return { ...general(entered()), summary: about, cursor };
}

const told = () =>
  sent.map((frame) => (frame.type === 'delivered' ? [frame.room, frame.seq] : frame.type));

describe('what came to this device', () => {
  it('is said of private rooms where something is unread, once', async () => {
    rooms = [
      room('general', 9, 3, 'public'),
      room('private_1_2', 4, 1, 'private'),
      room('private_1_3', 7, 0, 'private'),
    ];
    deliveries.look();
    deliveries.look();
    await clock.pass(EVERY_MS * 3);
    expect(told()).toEqual([['private_1_2', 4]]);
    expect(clock.isIdle).toBe(true);
  });

  it('is said at most once a second, and then of all that came', async () => {
    for (let cursor = 1; cursor <= 5; cursor += 1) {
      rooms = [room('private_1_2', cursor, cursor, 'private')];
      deliveries.look();
    }
    expect(told()).toEqual([['private_1_2', 1]]);
    await clock.pass(EVERY_MS);
    expect(told()).toEqual([
      ['private_1_2', 1],
      ['private_1_2', 5],
    ]);
  });

  it('is said of a few rooms at a time', async () => {
    rooms = Array.from({ length: AT_ONCE + 5 }, (_, at) =>
      room(`private_1_${at}`, 1, 1, 'private'),
    );
    deliveries.look();
    expect(sent).toHaveLength(AT_ONCE);
    await clock.pass(EVERY_MS);
    expect(sent).toHaveLength(AT_ONCE + 5);
  });

  it('is said again on a new connection, and not without one', () => {
    rooms = [room('private_1_2', 4, 1, 'private')];
    isConnected = false;
    deliveries.look();
    isConnected = true;
    deliveries.look();
    deliveries.reset();
    deliveries.look();
    expect(told()).toEqual([
      ['private_1_2', 4],
      ['private_1_2', 4],
    ]);
  });
});
