// What stands in a browser's database, written past the app: as older and newer versions do.
import type { Page } from '@playwright/test';

/** Leaves the app for a page of the same origin that has nothing on it. */
export async function withoutApp(page: Page): Promise<void> {
  const body = '<!doctype html><link rel="icon" href="data:,">';
  await page.route('**/nothing', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto('/nothing');
}

/** Makes the database as the first version of the app did, with these messages on their way. */
export async function firstVersion(page: Page, entries: object[], draft = ''): Promise<void> {
  await page.evaluate(
    async ([entries, draft]) => {
      const done = (request: IDBRequest) =>
        new Promise((resolve, reject) => {
          request.onsuccess = resolve;
          request.onerror = () => reject(request.error as DOMException);
        });
      await done(indexedDB.deleteDatabase('adda'));
      const open = indexedDB.open('adda', 1);
      open.onupgradeneeded = () => {
        const store = open.result.createObjectStore('outgoing', { keyPath: 'clientId' });
        store.createIndex('userId', 'userId');
        open.result.createObjectStore('drafts', { keyPath: ['userId', 'room'] });
      };
      await done(open);
      const tx = open.result.transaction(['outgoing', 'drafts'], 'readwrite');
      for (const entry of entries) tx.objectStore('outgoing').put(entry);
      const userId = (entries[0] as { userId: number }).userId;
      tx.objectStore('drafts').put({ userId, room: 'general', text: draft });
      await new Promise((stored) => (tx.oncomplete = stored));
      // An app of that version never let go of it while its page stood.
      Object.assign(window, { closeDatabase: () => open.result.close() });
    },
    [entries, draft] as const,
  );
}

/** Closes what the first version kept open. */
export async function closeDatabase(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { closeDatabase: () => void }).closeDatabase());
}

/**
 * Opens the database in another version – `null`: in the one that it has –, puts messages into it, and
 * closes it. Fails where another tab holds on to it.
 */
export async function opens(
  page: Page,
  version: number | null,
  entries: object[] = [],
): Promise<void> {
  await page.evaluate(
    async ([version, entries]) => {
      const open = indexedDB.open('adda', version ?? undefined);
      await new Promise<void>((resolve, reject) => {
        open.onsuccess = () => resolve();
        open.onerror = () => reject(open.error as DOMException);
        open.onblocked = () => reject(new Error('Another tab holds on to the database.'));
      });
      const tx = open.result.transaction('outgoing', 'readwrite');
      for (const entry of entries) tx.objectStore('outgoing').put(entry);
      await new Promise((stored) => (tx.oncomplete = stored));
      open.result.close();
    },
    [version, entries] as const,
  );
}
