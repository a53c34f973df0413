// What this browser keeps: messages that are not acknowledged yet, and drafts. Everything carries
// the person's id, so that two people who share a browser never see each other's.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { Problem } from '../api/types';

/** A no: the server's code and its words; or ours, where it says nothing or cannot read what was sent. */
export interface Refusal {
  code: Problem['code'] | 'unanswered' | 'unreadable';
  detail: string;
}

/** A message on its way. */
export interface Outgoing {
  /** Made here, once: the server keeps one message for it however often it is sent. */
  clientId: string;
  userId: number;
  room: string;
  text: string;
  /** When it was written, in milliseconds; also the order of sending. */
  at: number;
  /** The tab that sends it. */
  tab: string;
  /** Why the server refused it for good; absent while there is hope. */
  refusal?: Refusal;
}

/** Whether what was stored is a message on its way: others, and older versions, write there too. */
export function isOutgoing(stored: unknown): stored is Outgoing {
  if (typeof stored !== 'object' || stored === null) return false;
  const { clientId, userId, room, text, at, tab, refusal } = stored as Partial<Outgoing>;
  const texts: unknown[] = [clientId, room, text, tab];
  const isWhole = texts.every((part) => typeof part === 'string') && typeof userId === 'number';
  const isTime = typeof at === 'number' && !Number.isNaN(new Date(at).getTime());
  const isRefusal = refusal === undefined || typeof refusal?.code === 'string';
  return isWhole && isTime && isRefusal;
}

/** An unfinished message. */
export interface Draft {
  userId: number;
  room: string;
  text: string;
}

interface Schema extends DBSchema {
  outgoing: { key: string; value: Outgoing; indexes: { userId: number } };
  drafts: { key: [number, string]; value: Draft };
}

/** The browser's database. */
export type Database = IDBPDatabase<Schema>;

/** A browser's database that says nothing for so long says nothing any more. */
export const PATIENCE_MS = 4_000;

/**
 * Opens it, and makes it the first time. Resolves only with one that takes what is written: private
 * windows have databases that are not there, that refuse, that are full, or that never answer.
 */
export async function openDatabase(name = 'adda'): Promise<Database> {
  const opening = open(name);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer.')), PATIENCE_MS);
  });
  try {
    return await Promise.race([opening.then(tried), late]);
  } catch (error) {
    // Whatever comes of it yet, nobody waits for it.
    opening.then(
      (db) => db.close(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function open(name: string): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('outgoing', { keyPath: 'clientId' }).createIndex('userId', 'userId');
      db.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
    },
  });
}

/** Nobody's draft. */
const TRIAL: Draft = { userId: -1, room: '', text: ' '.repeat(1_000) };

/** Writes once, and takes it back. */
async function tried(db: Database): Promise<Database> {
  await db.put('drafts', TRIAL);
  await db.delete('drafts', [TRIAL.userId, TRIAL.room]);
  return db;
}
