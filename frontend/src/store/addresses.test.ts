import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Message } from '../api/types';
import { message } from '../testing/messages';
import { Addresses } from './addresses';

const NOW = 1_700_000_000_000;
let now: number;
const call = vi.fn();
let addresses: Addresses;

beforeEach(() => {
  now = NOW;
  call.mockReset();
  addresses = new Addresses({ origin: '', call: call as never }, () => now);
});

/** A message with a file, the address of which ends in so many seconds from the beginning of the test. */
function carrying(seq: number, endsIn: number, more: Partial<Message> = {}): Message {
  const url = `https://chat.example/media/files/${seq}?until=${NOW / 1_000 + endsIn}&signature=s`;
  const file = { id: String(seq), name: 'tea.pdf', mime: 'application/pdf', bytes: 10, url };
  return { ...message(seq), files: [file], ...more };
}

describe('an address', () => {
  it('is used for as long as it is good', async () => {
    const it = carrying(1, 900);
    expect(await addresses.fresh(it)).toBe(it);
    expect(call).not.toHaveBeenCalled();
  });

  it('is asked for anew once it ends, or nearly, and then used by everybody', async () => {
    const [old, anew] = [carrying(1, 4), carrying(1, 900)];
    call.mockResolvedValue(anew);
    expect(await addresses.fresh(old)).toBe(anew);
    expect(addresses.best(old)).toBe(anew);
    expect(await addresses.fresh(old)).toBe(anew);
    expect(call).toHaveBeenCalledOnce();
    // After a night that one has ended too.
    now += 8 * 3_600_000;
    const morning = carrying(1, 8 * 3_600 + 900);
    call.mockResolvedValue(morning);
    expect(await addresses.fresh(old)).toBe(morning);
  });

  it('is asked for once where several want it at the same time', async () => {
    const old = carrying(1, -60);
    call.mockImplementation(() => Promise.resolve(carrying(1, 900)));
    const [one, other] = await Promise.all([addresses.fresh(old), addresses.fresh(old)]);
    expect(one).toBe(other);
    expect(call).toHaveBeenCalledOnce();
  });

  it('is asked for anew although it seems good, where it opened nothing', async () => {
    const it = carrying(1, 900);
    call.mockResolvedValue(carrying(1, 901));
    await addresses.fresh(it, true);
    expect(call).toHaveBeenCalledOnce();
  });

  it('is asked for again after that failed', async () => {
    const old = carrying(1, -60);
    call.mockRejectedValueOnce(new Error('away'));
    await expect(addresses.fresh(old)).rejects.toThrow('away');
    call.mockResolvedValue(carrying(1, 900));
    await addresses.fresh(old);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('of a message that changed since is not an older one', async () => {
    const anew = carrying(1, 900);
    call.mockResolvedValue(anew);
    await addresses.fresh(carrying(1, -60));
    const edited = carrying(1, -60, { changed_seq: 9 });
    expect(addresses.best(edited)).toBe(edited);
  });

  it('is forgotten when it has ended, as are those of what was deleted', async () => {
    for (let seq = 1; seq <= 3; seq += 1) {
      call.mockResolvedValue(carrying(seq, 900 * seq));
      await addresses.fresh(carrying(seq, -60));
    }
    now += 1_000_000;
    const deleted = message(4);
    call.mockResolvedValue(deleted);
    await addresses.fresh(carrying(4, -60));
    const remembered = [1, 2, 3, 4].map((seq) => {
      const old = carrying(seq, -60);
      return addresses.best(old) !== old;
    });
    expect(remembered).toEqual([false, true, true, false]);
  });

  it('is where this app finds the server', () => {
    vi.stubGlobal('location', { href: 'http://localhost:5173/rooms/general' });
    expect(addresses.here('https://chat.example/media/files/1?until=5')).toBe(
      'http://localhost:5173/media/files/1?until=5',
    );
    vi.unstubAllGlobals();
  });
});
