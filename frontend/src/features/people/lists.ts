// The two lists of the people's directory: pure.
import type { User } from '../../api/types';
import { byName } from '../../lib/order';
import type { ChatState } from '../../store/model';
import { shownName } from '../../store/names';

/** Each person once, as found first. */
function distinct(...lists: (readonly User[] | null)[]): User[] {
  const all = lists.flatMap((list) => list ?? []);
  return [...new Map(all.map((user) => [user.id, user])).values()];
}

/** Of all that were found, the others who are online now, by name in the order of the language. */
export function onlineNow(
  { online }: ChatState,
  me: number,
  locale: string,
  ...found: (readonly User[] | null)[]
): User[] {
  const compare = byName(locale);
  return distinct(...found)
    .filter(({ id }) => id !== me && online.has(id))
    .sort((a, b) => compare(shownName(a), shownName(b)));
}

/** Whose coming and going matters: everybody that was found, who was online first. */
export function toWatch(me: number, ...found: (readonly User[] | null)[]): number[] {
  return distinct(...found)
    .map(({ id }) => id)
    .filter((id) => id !== me);
}
