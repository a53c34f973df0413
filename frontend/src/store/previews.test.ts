import { beforeEach, describe, expect, it } from 'vitest';

import { MOST, Previews } from './previews';

let lent: Set<string>;
let previews: Previews;

beforeEach(() => {
  lent = new Set();
  let count = 0;
  previews = new Previews({
    createObjectURL: () => {
      const url = `blob:${++count}`;
      lent.add(url);
      return url;
    },
    revokeObjectURL: (url) => void lent.delete(url),
  });
});

const file = new Blob(['x']);

describe('a picture that this page sent', () => {
  it('has one address for as long as it is shown, however many are', () => {
    const urls = Array.from({ length: MOST * 2 }, (_, at) => previews.lend('message', at, file));
    const gone = urls.map((url) => previews.shown(url)());
    expect(lent.size).toBe(MOST * 2);
    expect(previews.lend('message', 0, file)).toBe(urls[0]);
    // Of those that nothing shows any more the oldest go.
    gone.slice(1).forEach((go) => go?.());
    expect(lent.size).toBe(MOST + 1);
    expect(previews.find('message', 0)).toBe(urls[0]);
    expect(previews.find('message', 1)).toBeNull();
    expect(previews.find('message', MOST * 2 - 1)).toBe(urls.at(-1));
  });

  it('is kept until nothing shows it any more, where two did', () => {
    const url = previews.lend('message', 0, file);
    const [first, second] = [previews.shown(url)(), previews.shown(url)()];
    for (let at = 1; at <= MOST; at += 1) previews.lend('message', at, file);
    first?.();
    expect(lent.has(url)).toBe(true);
    second?.();
    expect(lent.has(url)).toBe(false);
  });

  it('is none of somebody else’s, and what is shown otherwise is left alone', () => {
    expect(previews.find('message', 0)).toBeNull();
    expect(previews.shown('data:image/png;base64,')()).toBeUndefined();
  });

  it('is gone once nobody is signed in', () => {
    previews.shown(previews.lend('message', 0, file))();
    previews.close();
    expect(lent.size).toBe(0);
  });
});
