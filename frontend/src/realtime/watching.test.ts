import { beforeEach, describe, expect, it } from 'vitest';

import type { ClientFrame } from '../api/types';
import { range } from '../testing/messages';
import { MOST_WATCHED, Watching } from './watching';

let sent: ClientFrame[];
let isConnected: boolean;
let watching: Watching;

beforeEach(() => {
  [sent, isConnected] = [[], true];
  watching = new Watching((frame) => {
    if (isConnected) sent.push(frame);
    return isConnected;
  });
});

const lists = () =>
  sent.map((frame) => (frame.type === 'presence.watch' ? frame.user_ids : frame.type));

describe('who is watched', () => {
  it('is what all views want, each person once', () => {
    watching.want('directory', [3, 4]);
    watching.want('conversation', [4]);
    watching.want('directory', [5, 4]);
    expect(lists()).toEqual([
      [3, 4],
      [4, 3],
      [4, 5],
    ]);
  });

  it('is nobody of a view that has ended, and the others go on', () => {
    watching.want('conversation', [4]);
    watching.want('directory', [3]);
    watching.want('directory', []);
    watching.want('conversation', []);
    expect(lists()).toEqual([[4], [4, 3], [4], []]);
  });

  it('is not spoken of while nobody is wanted', () => {
    watching.want('directory', []);
    watching.reset();
    expect(sent).toEqual([]);
  });

  it('are at most as many as the server takes, the open conversation among them', () => {
    watching.want('directory', range(1, 150));
    watching.want('conversation', [200]);
    expect(lists()).toEqual([range(1, MOST_WATCHED), [200, ...range(1, MOST_WATCHED - 1)]]);
  });

  it('is told to a new connection, and what was said without one is not lost', () => {
    watching.want('conversation', [4]);
    isConnected = false;
    watching.want('directory', [3]);
    isConnected = true;
    watching.reset();
    expect(lists()).toEqual([[4], [4, 3]]);
  });
});
