// What this browser keeps: messages that are not acknowledged yet, and drafts. Everything carries
// the person's id, so that two people who share a browser never see each other's.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { Problem } from '../api/types';

/** A server's no: its code, and its words. */
export type Refusal = Pick<Problem, 'code' | 'detail'>;

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

/** Opens it, and makes it the first time. */
export function openDatabase(name = 'adda'): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('outgoing', { keyPath: 'clientId' }).createIndex('userId', 'userId');
      db.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
    },
  });
}
