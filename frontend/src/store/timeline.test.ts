import { describe, expect, it } from 'vitest';

import type { Message } from '../api/types';
import { edited, message, messages, page, range } from '../testing/messages';
import type { Timeline } from './model';
import { append, fromPage, indexOf, lastEditable, merge, prepend } from './timeline';

const stretch = (from: number, to: number, more: Partial<Timeline> = {}): Timeline => ({
  items: messages(from, to),
  hasBefore: from > 1,
  hasAfter: false,
  ...more,
});
const numbers = (timeline: Timeline) => timeline.items.map((item) => item.seq);

describe('a stretch of history', () => {
  it('is its first page', () => {
    const read = page(messages(5, 7), 9, { has_after: true });
    expect(fromPage(read)).toEqual(stretch(5, 7, { hasAfter: true }));
  });

  it('grows at its beginning by an older page, each message once', () => {
    const grown = prepend(stretch(5, 8), page(messages(1, 5), 8));
    expect(numbers(grown)).toEqual(range(1, 8));
    expect(grown.hasBefore).toBe(false);
  });

  it('grows at its end by a newer page, each message once', () => {
    const grown = append(stretch(5, 8, { hasAfter: true }), page(messages(8, 12), 12));
    expect(numbers(grown)).toEqual(range(5, 12));
    expect(grown.hasAfter).toBe(false);
  });

  it('takes news at its end', () => {
    expect(numbers(merge(stretch(1, 3), messages(4, 5)))).toEqual(range(1, 5));
  });

  it('takes news in any order', () => {
    const news = [5, 4, 7, 6].map((seq) => message(seq));
    expect(numbers(merge(stretch(1, 3), news))).toEqual(range(1, 7));
  });

  it('replaces what it knows by what is newer, and not by what is older', () => {
    const once = merge(stretch(1, 3), [edited(2, 5)]);
    const again = merge(once, [edited(2, 4, 'an older edit')]);
    expect(again.items[1]?.text).toBe('edited 2');
    expect(again).toBe(once);
  });

  it('leaves out what is newer than a stretch that ends in the past', () => {
    const past = stretch(5, 8, { hasAfter: true });
    expect(merge(past, messages(20, 21))).toBe(past);
  });

  it('leaves out what is older than its beginning', () => {
    const late = stretch(50, 60);
    expect(merge(late, [edited(10, 61)])).toBe(late);
  });

  it('fills a hole in its middle', () => {
    const holed = { ...stretch(1, 2), items: [...messages(1, 2), ...messages(5, 6)] };
    expect(numbers(merge(holed, messages(3, 4)))).toEqual(range(1, 6));
  });

  it('is the same value when nothing changed', () => {
    const timeline = stretch(1, 3);
    expect(merge(timeline, [])).toBe(timeline);
    expect(merge(timeline, messages(1, 3))).toBe(timeline);
  });

  it('takes the very first message of an empty room', () => {
    const empty = { items: [], hasBefore: false, hasAfter: false };
    expect(numbers(merge(empty, [message(1)]))).toEqual([1]);
  });
});

describe('the index of a number', () => {
  it('is where it stands or would stand', () => {
    const items = [2, 4, 6].map((seq) => message(seq));
    expect([1, 2, 3, 4, 5, 6, 7].map((seq) => indexOf(items, seq))).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });
});

describe('the last message that somebody can change', () => {
  const sender = message(1).sender;
  const silent = (seq: number, more: Partial<Message>): Message => {
    const { text: _, ...rest } = message(seq, more);
    return rest;
  };
  const last = (...items: Message[]) =>
    lastEditable({ items, hasBefore: false, hasAfter: false }, sender.id)?.seq;

  it('is one that says something, or carries what something may be said of', () => {
    const images = [{ id: 'picture' }] as Message['images'];
    const audio = { id: 'voice' } as NonNullable<Message['audio']>;
    expect(last(message(1), silent(2, { images }), silent(3, { audio }))).toBe(2);
    expect(last(message(1), message(2, { sender: { ...sender, id: sender.id + 1 } }))).toBe(1);
    expect(last(silent(1, { images, deleted_at: '2026-11-22T10:00:00.000Z' }))).toBeUndefined();
  });
});
