// A browser keeps what somebody wrote for as long as they are signed in there, and no longer: whoever
// sits down at it next finds nothing of them, whichever way they were signed out.
import { places, type Shelf } from './shelf';

/** Each place in the shelf that belongs to a person, and how to tell to whom. */
const PERSONAL: readonly [beginning: string, owner: (rest: string, text: string) => unknown][] = [
  ['adda.outgoing.', (_, text) => ownerOf(text)],
  ['adda.draft.', (rest) => Number(rest.split('.')[0])],
  ['adda.last-room.', Number],
];

function ownerOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { userId?: unknown } | null)?.userId;
  } catch {
    return undefined;
  }
}

/** Forgets what the shelf keeps of everybody but one person; of everybody, where there is none. */
export function clearShelf(shelf: Shelf, keep: number | null): void {
  for (const [beginning, owner] of PERSONAL) {
    for (const place of places(shelf, beginning)) {
      const whose = owner(place.slice(beginning.length), shelf.getItem(place) ?? '');
      if (whose !== keep) shelf.removeItem(place);
    }
  }
}
