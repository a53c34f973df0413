// Pictures for the journeys, painted by the browser, and the ways by which they come into the app.
import type { Locator, Page } from '@playwright/test';

import { expect, type Person } from './journey';

export interface Painted {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture of so many pixels, with a sun where nothing else is. */
export async function painted(
  page: Page,
  name: string,
  [width, height]: [number, number],
  colour: string,
): Promise<Painted> {
  const mimeType = name.endsWith('.png') ? 'image/png' : 'image/jpeg';
  const bytes = await page.evaluate(
    async ([width, height, colour, type]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('Nothing can be painted.');
      const sky = context.createLinearGradient(0, 0, width, height);
      sky.addColorStop(0, colour);
      sky.addColorStop(1, '#fbe6d2');
      context.fillStyle = sky;
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#e8a33d';
      context.beginPath();
      context.arc(width * 0.7, height * 0.35, Math.min(width, height) * 0.18, 0, 7);
      context.fill();
      const blob = await canvas.convertToBlob({ type, quality: 0.9 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [width, height, colour, mimeType] as const,
  );
  return { name, mimeType, buffer: Buffer.from(bytes) };
}

/** Picks files by the paper clip. */
export async function picks(
  { page }: Person,
  what: 'Pictures' | 'Files',
  files: Painted[],
): Promise<void> {
  await page.getByRole('button', { name: 'Attach pictures or files' }).click();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: what, exact: true }).click();
  await (await choosing).setFiles(files);
}

/** What goes with the next message. */
export function trayOf({ page }: Person): Locator {
  return page.getByRole('list', { name: 'Goes with your message' });
}

/** Pastes or drops files, as the browser tells the page of it. */
export async function gives(
  { page }: Person,
  how: 'paste' | 'drop' | 'dragover',
  files: Painted[],
): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({
    name,
    type: mimeType,
    bytes: [...buffer],
  }));
  await page.evaluate(
    ([how, given]) => {
      const data = new DataTransfer();
      for (const { name, type, bytes } of given) {
        data.items.add(new File([new Uint8Array(bytes)], name, { type }));
      }
      const more = { bubbles: true, cancelable: true };
      const field = document.querySelector('.composer textarea');
      const event =
        how === 'paste'
          ? new ClipboardEvent(how, { ...more, clipboardData: data })
          : new DragEvent(how, { ...more, dataTransfer: data });
      field?.dispatchEvent(event);
    },
    [how, given] as const,
  );
}

/** Waits until all pictures that are shown are loaded from the server. */
export async function seesPictures({ log }: Person, count: number): Promise<void> {
  const pictures = log.locator('.album img.loaded');
  await expect(pictures).toHaveCount(count);
  const widths = await pictures.evaluateAll((all) =>
    all.map((it) => (it as HTMLImageElement).naturalWidth),
  );
  expect(widths.every((width) => width > 0)).toBe(true);
}
