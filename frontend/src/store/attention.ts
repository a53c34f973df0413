// Where something calls for the person: it is unread, or they marked it so, and they did not mute it. Pure.
import type { RoomPreferences, RoomSummary } from '../api/types';

/** What holds in a room before the person decides anything about it. */
export function preferencesOf(kind: RoomSummary['kind']): RoomPreferences {
  const notifications = kind === 'private' ? 'all' : 'mentions';
  return { pinned: false, notifications, marked_unread: false };
}

type Standing = Pick<RoomSummary, 'kind' | 'unread' | 'mentions' | 'preferences'>;

export function isMuted({ preferences }: Pick<Standing, 'preferences'>): boolean {
  return preferences.notifications === 'nothing';
}

/** How many are unread; what was marked as unread counts as one. */
export function countOf({ unread, preferences }: Omit<Standing, 'kind' | 'mentions'>): number {
  return Math.max(unread, preferences.marked_unread ? 1 : 0);
}

/** Whether something is unread there. What is muted calls for nobody, whatever is unread in it. */
export function isCalling({ summary }: { summary: Standing }): boolean {
  return countOf(summary) > 0 && !isMuted(summary);
}

/** Whether what calls is for the person: said to them alone, or naming them. */
export function isUrgent({ summary }: { summary: Standing }): boolean {
  return (
    summary.unread > 0 && !isMuted(summary) && (summary.kind === 'private' || summary.mentions > 0)
  );
}
