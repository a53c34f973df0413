import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Message } from '../../api/types';
import { message } from '../../testing/messages';
import { Source } from './source.svelte';

let isGood: boolean;
const fresh = vi.fn<(message: Message, hasFailed?: boolean) => Promise<Message>>();

const addresses = {
  best: (it: Message) => it,
  isGood: () => isGood,
  fresh,
};

function showing(url: string): Message {
  const rest = {
    width: 4,
    height: 3,
    thumbhash: '',
    animated: false,
    mime: 'image/webp',
    bytes: 9,
  };
  return message(1, { images: [{ id: 'i', url, thumb_url: url, sizes: [], ...rest }] });
}

const sourceOf = () => new Source(addresses, showing('old'), 'i');

beforeEach(() => {
  isGood = true;
  fresh.mockReset();
  fresh.mockResolvedValue(showing('new'));
});

describe('a picture', () => {
  it('is loaded at once from an address that is good', () => {
    const source = sourceOf();
    expect(source.image?.url).toBe('old');
    expect(fresh).not.toHaveBeenCalled();
  });

  it('is not even tried from an address that has ended', async () => {
    isGood = false;
    const source = sourceOf();
    expect(source.image).toBeNull();
    await vi.waitFor(() => expect(source.image?.url).toBe('new'));
  });

  it('is tried once more where its address opens nothing, and then given up', async () => {
    const source = sourceOf();
    await source.failed();
    expect(fresh).toHaveBeenCalledWith(expect.anything(), true);
    expect([source.image?.url, source.phase, source.attempt]).toEqual(['new', 'loading', 1]);
    await source.failed();
    expect(source.phase).toBe('failed');
    expect(fresh).toHaveBeenCalledOnce();
  });

  it('can be tried again, and again after it was there', async () => {
    const source = sourceOf();
    fresh.mockRejectedValueOnce(new Error('away'));
    await source.failed();
    expect(source.phase).toBe('failed');
    await source.again();
    source.loaded();
    expect(source.phase).toBe('loaded');
    await source.failed();
    expect(source.phase).toBe('loading');
  });

  it('that was deleted meanwhile is given up', async () => {
    fresh.mockResolvedValue(message(1));
    const source = sourceOf();
    await source.failed();
    expect(source.phase).toBe('failed');
  });
});
