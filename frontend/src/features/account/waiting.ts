// What of somebody is in this browser alone, and is gone with their session.
import type { Chat } from '../context';

export interface Waiting {
  messages: number;
  /** Pictures and files that were picked and not sent. */
  files: number;
  /** Recordings that were not sent. */
  recordings: number;
}

type Told = Pick<Chat, 'me' | 'store' | 'picks' | 'db'>;

export async function waitingOf({ me, store, picks, db }: Told): Promise<Waiting> {
  const { outgoing, rooms } = store.state;
  const isSent = new Set(outgoing.map(({ clientId }) => clientId));
  // Its id is that of the message that it becomes. A database that cannot be read has none.
  const kept = await Promise.all(
    [...rooms.keys()].map((room) => db.recordings(me.id, room).catch(() => new Set<string>())),
  );
  const recordings = kept.flatMap((ids) => [...ids]).filter((id) => !isSent.has(id));
  return { messages: outgoing.length, files: picks.count, recordings: recordings.length };
}

export function isNothing({ messages, files, recordings }: Waiting): boolean {
  return messages + files + recordings === 0;
}
