// A browser keeps what somebody wrote for as long as they are signed in there, and no longer: whoever
// sits down at it next finds nothing of them, whichever way they were signed out.
import { keysOf, type LocalStorage } from '../lib/local';

/** Each key in `localStorage` that belongs to a person, and how to tell to whom. */
const PERSONAL: readonly [beginning: string, owner: (rest: string, text: string) => unknown][] = [
  ['adda.outgoing.', (_, text) => ownerOf(text)],
  ['adda.draft.', (rest) => Number(rest.split('.')[0])],
  ['adda.last-room.', Number],
  ['adda.heard.', Number],
  ['adda.level.', Number],
  ['adda.searches.', Number],
];

function ownerOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { userId?: unknown } | null)?.userId;
  } catch {
    return undefined;
  }
}

/** Forgets what `localStorage` keeps of everybody but one person; of everybody, where there is none. */
export function clearLocal(local: LocalStorage, keep: number | null): void {
  for (const [beginning, owner] of PERSONAL) {
    for (const key of keysOf(local, beginning)) {
      const whose = owner(key.slice(beginning.length), local.getItem(key) ?? '');
      if (whose !== keep) local.removeItem(key);
    }
  }
}
