import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Outgoing } from '../offline/outgoing';
import { applyOutgoing } from './apply';
import { EMPTY } from './model';
import { Space } from './space';

const call = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  call.mockReset();
});

afterEach(() => void vi.useRealTimers());

function spaceWith(outgoing: readonly Outgoing[] = []): Space {
  const state = applyOutgoing(EMPTY, outgoing);
  return new Space({ call: call as never }, { state });
}

it('counts what is on its way with what is there', async () => {
  const all = { total_used_bytes: 7_000, total_quota_bytes: 9_000 };
  call.mockResolvedValue({ used_bytes: 1_000, quota_bytes: 5_000, ...all });
  const attachment = (bytes: number, media: string | null) => ({
    ...{ kind: 'file', name: 'a', media },
    file: new Blob(['x'.repeat(bytes)]),
  });
  const entry = (kind: string, bytes: number) => ({
    content: {
      kind: 'parcel',
      text: '',
      // The second of each is on the server, and counted there.
      attachments: [attachment(bytes, null), attachment(7, 'media')],
    },
    state: { kind },
  });
  const outgoing = [entry('uploading', 300), entry('refused', 50)] as unknown as Outgoing[];
  expect(await spaceWith(outgoing).look()).toEqual({ used: 1_300, quota: 5_000, free: 1_700 });
});

it('is waited for a little, and never in vain', async () => {
  const all = { total_used_bytes: 1, total_quota_bytes: 4 };
  call.mockResolvedValueOnce({ used_bytes: 1, quota_bytes: 2, ...all });
  expect(await spaceWith().soon()).toEqual({ used: 1, quota: 2, free: 3 });
  expect(vi.getTimerCount()).toBe(0);
  call.mockRejectedValueOnce(new Error('away'));
  expect(await spaceWith().soon()).toBeNull();
  call.mockReturnValueOnce(new Promise(() => {}));
  const asked = spaceWith().soon();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await asked).toBeNull();
});
