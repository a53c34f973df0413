import { beforeEach, describe, expect, it, vi } from 'vitest';

import { MOST, MOST_BYTES, type Picked, Picks } from './picked.svelte';
import type { Usage } from './space';

/** Addresses that are lent at the moment. */
let lent: Set<string>;
let picks: Picks;
let picked: Picked;
/** What is said of how much there may be. */
let space: () => Promise<Usage | null>;

beforeEach(() => {
  lent = new Set();
  space = () => Promise.resolve(null);
  picks = new Picks(() => space(), {
    measure: (url) => Promise.resolve(url.includes('broken') ? null : { width: 4, height: 3 }),
    lend: (file) => {
      const url = `blob:${(file as File).name} ${lent.size}`;
      lent.add(url);
      return url;
    },
    takeBack: (url) => lent.delete(url),
  });
  picked = picks.in('general');
});

function file(name: string, type = 'image/png', bytes = 10): File {
  const it = new File(['x'], name, { type });
  Object.defineProperty(it, 'size', { value: bytes });
  return it;
}

const kinds = () => picked.items.map(({ attachment }) => attachment.kind);
const names = () => picked.items.map(({ attachment }) => attachment.name);

describe('what is picked', () => {
  it('is a picture with its size where the server takes it as one, and else a file', async () => {
    await picked.add([file('a.png'), file('b.pdf', 'application/pdf'), file('c.bmp', 'image/bmp')]);
    expect(kinds()).toEqual(['image', 'file', 'file']);
    expect(picked.items[0]?.attachment).toMatchObject({ width: 4, height: 3, name: 'a.png' });
    expect(picked.troubles).toEqual([]);
  });

  it('is left out where it is a picture that hardly anybody could see, unless it is to be a file', async () => {
    const unshown = [
      file('a.heic', 'image/heic'),
      file('b.HEIF', ''),
      file('c.avif', 'image/avif'),
      file('d', 'image/heic-sequence'),
    ];
    await picked.add(unshown);
    expect(names()).toEqual([]);
    expect(picked.troubles).toEqual(unshown.map(({ name }) => ({ kind: 'unshown', name })));
    await picked.add(unshown, true);
    expect(kinds()).toEqual(['file', 'file', 'file', 'file']);
    expect(picked.troubles).toEqual([]);
  });

  it('is a file where this browser cannot show it, or where that is wished', async () => {
    await picked.add([file('broken.png')]);
    await picked.add([file('a.png')], true);
    expect(kinds()).toEqual(['file', 'file']);
    expect(lent.size).toBe(0);
  });

  it('is called by a name that breaks no line and turns no direction', async () => {
    const [program, none] = ['tea\u202Egpj.exe', 'two\r\nlines\u2067.txt'];
    await picked.add([file(program, ''), file(none, '', 0), file('চা 👩‍👩‍👧.txt', '')]);
    expect(names()).toEqual(['teagpj.exe', 'চা 👩‍👩‍👧.txt']);
    expect(picked.troubles).toEqual([{ kind: 'empty', name: 'twolines.txt' }]);
  });

  it('is not read beyond what a message carries', async () => {
    const many = Array.from({ length: 500 }, (_, at) => file(`${at}.png`));
    const adding = picked.add(many);
    expect(lent.size).toBe(MOST);
    await adding;
    expect(picked.items).toHaveLength(MOST);
    expect(picked.troubles).toEqual([{ kind: 'many' }]);
  });

  it('says what was left out also of what was picked just before', async () => {
    const first = picked.add([file('none.png', 'image/png', 0)]);
    await Promise.all([first, picked.add([file('a.png')])]);
    expect(picked.troubles).toEqual([{ kind: 'empty', name: 'none.png' }]);
    await picked.add([file('b.png')]);
    expect(picked.troubles).toEqual([]);
  });

  it('is left out where it is empty or too large, and says so', async () => {
    const most = MOST_BYTES.image;
    await picked.add([
      file('none.png', 'image/png', 0),
      file('huge.png', 'image/png', most + 1),
      file('just.png', 'image/png', most),
    ]);
    expect(names()).toEqual(['just.png']);
    expect(picked.troubles).toEqual([
      { kind: 'empty', name: 'none.png' },
      { kind: 'large', name: 'huge.png', most, isPicture: true },
    ]);
  });

  it('is taken out where it does not fit on the server any more, and says so', async () => {
    let answer = (_: Usage) => {};
    space = () => new Promise((resolve) => (answer = resolve));
    const adding = picked.add([
      file('a.png', 'image/png', 400),
      file('film.mp4', 'video/mp4', 700),
      file('b.png', 'image/png', 600),
    ]);
    // It is shown meanwhile, and not to be sent yet.
    await vi.waitFor(() => expect(names()).toEqual(['a.png', 'film.mp4', 'b.png']));
    expect(picked.isMeasuring).toBe(true);
    answer({ used: 1_000, quota: 2_000, free: 9_000 });
    await adding;
    expect(names()).toEqual(['a.png', 'b.png']);
    const usage = { used: 1_000, quota: 2_000, free: 9_000 };
    expect(picked.troubles).toEqual([{ kind: 'full', name: 'film.mp4', bytes: 700, ...usage }]);
    expect(lent.size).toBe(2);
    // What was picked before counts too.
    space = () => Promise.resolve(usage);
    await picked.add([file('c.png', 'image/png', 1)]);
    expect(names()).toEqual(['a.png', 'b.png']);
  });

  it('is left out where the server has no space for it, whatever the person may have', async () => {
    space = () => Promise.resolve({ used: 0, quota: 9_000, free: 1_000 });
    await picked.add([
      file('a.png', 'image/png', 600),
      file('film.mp4', 'video/mp4', 500),
      file('b.png', 'image/png', 400),
    ]);
    expect(names()).toEqual(['a.png', 'b.png']);
    expect(picked.troubles).toEqual([{ kind: 'serverFull', name: 'film.mp4', bytes: 500 }]);
  });

  it('is never more than a message carries, whatever came at once', async () => {
    const many = (from: string) => Array.from({ length: 7 }, (_, at) => file(`${from}${at}.png`));
    await Promise.all([picked.add(many('a')), picked.add(many('b'))]);
    expect(picked.items).toHaveLength(MOST);
    expect(names()[7]).toBe('b0.png');
    expect(picked.troubles).toEqual([{ kind: 'many' }]);
    expect(lent.size).toBe(MOST);
    expect(picked.isMeasuring).toBe(false);
  });

  it('lends no address any more once it is removed or handed over', async () => {
    await picked.add([file('a.png'), file('b.png')]);
    picked.remove(picked.items[0]?.id ?? '');
    expect(lent.size).toBe(1);
    expect(picked.take()).toMatchObject([{ name: 'b.png' }]);
    expect(lent.size).toBe(0);
    expect(picked.items).toEqual([]);
  });

  it('is found again in its room, and nowhere once nobody is signed in', async () => {
    await picked.add([file('a.png')]);
    expect(picks.in('tea').items).toEqual([]);
    expect(picks.in('general')).toBe(picked);
    picks.close();
    expect(lent.size).toBe(0);
    expect(picks.in('general').items).toEqual([]);
  });

  it('lends no address either where it is thrown away while it is measured', async () => {
    const adding = picked.add([file('a.png'), file('huge.png', 'image/png', MOST_BYTES.image + 1)]);
    expect(lent.size).toBe(1);
    picks.close();
    expect(picked.isMeasuring).toBe(false);
    await adding;
    expect(lent.size).toBe(0);
    expect([picked.items, picked.troubles]).toEqual([[], []]);
  });

  it('is waited for until it is measured', async () => {
    const adding = picked.add([file('a.png')]);
    expect(picked.isMeasuring).toBe(true);
    await picked.settled();
    expect(picked.items).toHaveLength(1);
    await adding;
  });
});
