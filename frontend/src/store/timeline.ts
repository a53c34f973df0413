// A stretch of history and how it grows: pure, and without holes at all times.
import type { Message, MessagePage } from '../api/types';
import type { Timeline } from './model';

/** A stretch that is exactly one page. */
export function fromPage(page: MessagePage): Timeline {
  return { items: page.items, hasBefore: page.has_before, hasAfter: page.has_after };
}

/** Puts an older page before what is here. */
export function prepend(timeline: Timeline, page: MessagePage): Timeline {
  const first = timeline.items[0]?.seq ?? Infinity;
  const older = page.items.filter((message) => message.seq < first);
  return { ...timeline, items: [...older, ...timeline.items], hasBefore: page.has_before };
}

/** Puts a newer page after what is here. */
export function append(timeline: Timeline, page: MessagePage): Timeline {
  const last = timeline.items.at(-1)?.seq ?? -Infinity;
  const newer = page.items.filter((message) => message.seq > last);
  return { ...timeline, items: [...timeline.items, ...newer], hasAfter: page.has_after };
}

/**
 * Takes messages as they are now, in any order: known ones are replaced where the news is newer,
 * others find their place, unless they belong to a part of the history that is not here.
 */
export function merge(timeline: Timeline, messages: readonly Message[]): Timeline {
  if (messages.length === 0) return timeline;
  const items = [...timeline.items];
  let changed = false;
  for (const message of messages) {
    const at = indexOf(items, message.seq);
    const known = items[at];
    if (known?.seq === message.seq) {
      if (known.changed_seq < message.changed_seq) {
        items[at] = message;
        changed = true;
      }
      continue;
    }
    const isOlder = at === 0 && (items.length > 0 || timeline.hasAfter);
    const isNewer = at === items.length;
    if ((isOlder && timeline.hasBefore) || (isNewer && timeline.hasAfter)) continue;
    items.splice(at, 0, message);
    changed = true;
  }
  return changed ? { ...timeline, items } : timeline;
}

/** Where a number stands, or would stand. Most news is at the end. */
export function indexOf(items: readonly Message[], seq: number): number {
  const last = items.at(-1);
  if (last === undefined || last.seq < seq) return items.length;
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] as Message).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether what a message says can be changed by who sent it: of pictures and files also something that was not
 *  said yet. */
export function isEditable({ deleted_at, text, images, files }: Message): boolean {
  return deleted_at === undefined && (text !== undefined || images.length + files.length > 0);
}

/** Whether a message can do without words. */
export function standsWithoutWords({ audio, images, files }: Message): boolean {
  return audio !== undefined || images.length + files.length > 0;
}

/** The last message of a person that can be changed, where the newest ones are loaded. */
export function lastEditable(timeline: Timeline | null, person: number): Message | null {
  if (timeline === null || timeline.hasAfter) return null;
  const isTheirs = (message: Message) => message.sender.id === person && isEditable(message);
  return timeline.items.findLast(isTheirs) ?? null;
}
