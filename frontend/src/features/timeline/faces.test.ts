import { describe, expect, it } from 'vitest';

import { message } from '../../testing/messages';
import { facesOf } from './faces';
import { rowsOf, type Row } from './rows';

const ME = 1;
const by = (seq: number, id: number) =>
  message(seq, {
    sender: { id, username: `u${id}`, display_name: `U${id}` },
    created_at: '2026-11-22T10:00:00.000Z',
  });

function rows(...senders: number[]): Row[] {
  const items = senders.map((id, at) => by(at + 1, id));
  const timeline = { items, hasBefore: true, hasAfter: false };
  return rowsOf({ timeline, outgoing: [], me: ME, unreadFrom: null });
}

/** Each row is so high, and the drawn ones are from one to another. */
const placed = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at).map((index) => ({
    index,
    start: index * 40,
    end: index * 40 + 40,
  }));

describe('a face', () => {
  it('stands beside all rows of its group', () => {
    const faces = facesOf(placed(0, 3), rows(2, 2, 2, 3));
    expect(faces.map(({ person, top, height }) => [person.id, top, height])).toEqual([
      [2, 0, 120],
      [3, 120, 40],
    ]);
  });

  it('is the same for a group that begins above what is drawn', () => {
    const all = rows(2, 2, 2, 2);
    const [whole, rest] = [facesOf(placed(0, 3), all), facesOf(placed(2, 3), all)];
    expect(rest).toHaveLength(1);
    expect(rest[0]).toMatchObject({ key: whole[0]?.key, top: 80, height: 80 });
  });

  it('is not one’s own', () => {
    expect(facesOf(placed(0, 1), rows(ME, ME))).toEqual([]);
  });

  it('is there anew where somebody else spoke between', () => {
    expect(facesOf(placed(0, 2), rows(2, ME, 2))).toHaveLength(2);
  });
});
