import { expect, it, vi } from 'vitest';

import { message } from '../../testing/messages';
import { Shown } from './shown.svelte';

// Nothing is to move by itself.
vi.mock('svelte/reactivity', () => ({
  MediaQuery: class {
    current = true;
  },
}));

it('what moves stands still until somebody wants it to, and still stands there until it moves', () => {
  const of = (url: string) => ({ url, mime: 'image/webp', bytes: 9, width: 4, height: 3 });
  const rest = { id: 'i', thumb_url: 'still', thumbhash: '', animated: true };
  const image = { ...rest, ...of('moving'), sizes: [of('still')] };
  const moving = message(1, { images: [image] });
  const addresses = { best: () => moving, isGood: () => true, here: (url: string) => url };
  const chat = { me: { id: 9 }, addresses, previews: {} };
  const shown = new Shown(chat as never, moving, image);
  expect(shown.address).toBe('still');
  shown.loaded();
  expect([shown.isLoaded, shown.under()]).toEqual([true, null]);
  shown.isPlaying = true;
  expect([shown.address, shown.isLoaded, shown.under()]).toEqual(['moving', false, 'still']);
  shown.loaded();
  expect([shown.isLoaded, shown.under()]).toEqual([true, null]);
});
