import { beforeEach, describe, expect, it } from 'vitest';

import type { Api } from '../../api/client';
import type { App, Chat } from '../context';
import { Finder, finderOf } from './finder.svelte';

const api = {} as Api;
let finder: Finder;

beforeEach(() => {
  finder = new Finder(api, null);
});

describe('what is asked', () => {
  it('is the chips and the words', () => {
    finder.write('lemon from:mira tea');
    expect(finder.chips).toEqual([{ kind: 'from', value: 'mira' }]);
    expect(finder.text).toBe('lemon tea');
    expect(finder.query).toBe('from:mira lemon tea');
  });

  it('leaves out an operator while what it wants is being typed', () => {
    for (const text of ['tea from:', 'tea from:mi', 'tea has:ima']) {
      finder.write(text);
      expect(finder.query).toBe('tea');
    }
    finder.finish();
    expect(finder.query).toBe('tea has:ima');
    finder.write('tea has:image');
    finder.finish();
    expect(finder.query).toBe('has:image tea');
  });

  it('fits into what the server takes', () => {
    finder.write('from:mira has:image ');
    expect(finder.query.length + 1 + finder.left).toBe(200);
  });

  it('in a room names no other room', () => {
    const inRoom = new Finder(api, 'tea');
    inRoom.read('in:general from:mira lemon');
    expect(inRoom.query).toBe('from:mira lemon');
  });
});

it('what was looked for is there for whoever comes back, in the room that was last', () => {
  const [app, chat, other] = [{ api } as App, {} as Chat, {} as Chat];
  finderOf(app, chat, null).write('tea');
  finderOf(app, chat, 'tea').write('lemon');
  expect(finderOf(app, chat, null).text).toBe('tea');
  expect(finderOf(app, chat, 'tea').text).toBe('lemon');
  expect(finderOf(app, chat, 'general').text).toBe('');
  expect(finderOf(app, chat, 'tea').text).toBe('');
  expect(finderOf(app, other, null).text).toBe('');
});
