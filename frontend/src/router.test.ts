import { describe, expect, it } from 'vitest';

import { parse, roomPath, searchPath } from './router.svelte';

const at = (path: string) => parse(new URL(path, 'https://chat.example'));

describe('an address', () => {
  it.each([
    ['/', { view: 'home' }],
    ['/directory', { view: 'directory' }],
    ['/people', { view: 'people' }],
    ['/search', { view: 'search', room: null, query: '' }],
    ['/search?in=tea&q=lemon+%26+%E0%A6%9A', { view: 'search', room: 'tea', query: 'lemon & চ' }],
    ['/settings/', { view: 'settings' }],
    ['/sign-in', { view: 'sign-in' }],
    ['/sign-up', { view: 'sign-up' }],
    ['/setup#a%2Bb', { view: 'setup', token: 'a+b' }],
    ['/setup', { view: 'setup', token: '' }],
    ['/rooms/general', { view: 'room', room: 'general', at: null }],
    ['/rooms/general?at=42', { view: 'room', room: 'general', at: 42 }],
    ['/rooms/a%2Fb', { view: 'room', room: 'a/b', at: null }],
    ['/rooms', { view: 'unknown' }],
    ['/rooms/general/more', { view: 'unknown' }],
    ['/settings/more', { view: 'unknown' }],
    ['/elsewhere', { view: 'unknown' }],
  ])('%s is a view', (path, view) => {
    expect(at(path)).toEqual(view);
  });

  it.each(['0', '-1', '1.5', 'x', '', '1e3', '99999999999999999999'])(
    'with the place “%s” is a room without one',
    (place) => {
      expect(at(`/rooms/general?at=${place}`)).toMatchObject({ view: 'room', at: null });
    },
  );

  it('that is broken is no error', () => {
    expect(at('/rooms/%E0%A4%A')).toMatchObject({ view: 'room', room: '%E0%A4%A' });
    expect(at('/setup#%')).toEqual({ view: 'setup', token: '%' });
  });

  it('of a search leads back to it', () => {
    for (const [room, query] of [
      [null, ''],
      [null, 'from:mira a&b'],
      ['a/b', '# ঘর?'],
    ] as const) {
      expect(at(searchPath(room, query))).toEqual({ view: 'search', room, query });
    }
  });

  it('of a room leads back to it', () => {
    for (const room of ['general', 'a/b', 'ঘর', 'x?y#z']) {
      expect(at(roomPath(room, 7))).toEqual({ view: 'room', room, at: 7 });
    }
  });
});
