// Drafts, one a room and person; an empty one is none.
import type { Database } from './db';

export async function loadDraft(db: Database, userId: number, room: string): Promise<string> {
  const text: unknown = (await db.get('drafts', [userId, room]))?.text;
  return typeof text === 'string' ? text : '';
}

export async function saveDraft(
  db: Database,
  userId: number,
  room: string,
  text: string,
): Promise<void> {
  if (text === '') await db.delete('drafts', [userId, room]);
  else await db.put('drafts', { userId, room, text });
}
