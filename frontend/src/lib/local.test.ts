import { describe, expect, it } from 'vitest';

import { MemoryStorage } from '../testing/world';
import { Local } from './local';

const keys = (local: Local) => Array.from({ length: local.length }, (_, at) => local.key(at));

describe('what a browser keeps', () => {
  it('is kept by its storage where there is one', () => {
    const storage = new MemoryStorage();
    const local = new Local(() => storage);
    local.setItem('a', '1');
    expect(storage.getItem('a')).toBe('1');
    expect([local.getItem('a'), local.getItem('b'), local.keeps]).toEqual(['1', null, true]);
    local.removeItem('a');
    expect([storage.getItem('a'), keys(local)]).toEqual([null, []]);
  });

  it.each<[string, () => MemoryStorage | null | undefined]>([
    ['throws', () => { throw new Error('Access is denied.'); }], // prettier-ignore
    ['is null', () => null],
    ['is not there', () => undefined],
  ])('is kept in memory where the storage %s', (_, open) => {
    const local = new Local(open);
    local.setItem('a', '1');
    expect([local.getItem('a'), keys(local), local.keeps]).toEqual(['1', ['a'], false]);
    local.removeItem('a');
    expect([local.getItem('a'), local.length]).toEqual([null, 0]);
  });

  it('is kept in memory where the storage is full, over what it had', () => {
    const storage = new MemoryStorage();
    storage.setItem('a', 'old');
    storage.setItem = () => {
      throw new Error('There is no space.');
    };
    const local = new Local(() => storage);
    local.setItem('a', 'new');
    local.setItem('b', '2');
    expect([local.getItem('a'), local.getItem('b'), local.keeps]).toEqual(['new', '2', false]);
    expect(keys(local).sort()).toEqual(['a', 'b']);
    local.removeItem('a');
    expect([local.getItem('a'), keys(local)]).toEqual([null, ['b']]);
  });

  it('is removed also where the storage takes no change', () => {
    const storage = new MemoryStorage();
    storage.setItem('a', 'old');
    storage.removeItem = () => {
      throw new Error('It is read-only.');
    };
    const local = new Local(() => storage);
    local.removeItem('a');
    expect([local.getItem('a'), keys(local)]).toEqual([null, []]);
  });
});
