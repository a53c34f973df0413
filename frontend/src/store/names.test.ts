import { describe, expect, it } from 'vitest';

import { created, message, ready, summary } from '../testing/messages';
import { applyFrames, applyPeople, applyReady } from './apply';
import { EMPTY } from './model';
import {
  calledApart,
  calledNow,
  hasDouble,
  knownName,
  shownName,
  shownTitle,
  titleOf,
} from './names';

const named = (id: number, display_name: string) => ({
  id,
  username: `user-${id}`,
  display_name,
});

describe('somebody is called', () => {
  it('by their name', () => expect(shownName(named(1, 'Mira Sen'))).toBe('Mira Sen'));

  it.each(['\u3164', '\u200b \u2060', '\u0301'])('by their handle where the name is %j', (name) =>
    expect(shownName(named(1, name))).toBe('user-1'),
  );

  it.each(['Adda', 'ADDA', 'Аddа', 'Ad\u200bda', 'আড্ডা'])('never %s', (name) =>
    expect(shownName(named(1, name))).toBe('user-1'),
  );

  it('but by the one who writes the welcome', () =>
    expect(shownName({ username: 'adda', display_name: 'Adda' })).toBe('Adda'));

  it('without what would turn the name, or what stands beside it', () =>
    expect(shownName(named(1, '\u202earim\u2069'))).toBe('arim'));

  it('by what is known last', () => {
    const state = applyPeople(EMPTY, [named(2, 'Rahul Das')]);
    expect(calledNow(state, named(2, 'Rahul'))).toBe('Rahul Das');
  });
});

describe('the handle stands beside the name', () => {
  const [mira, other] = [named(2, 'Mira Sen'), named(3, 'Мira  Sen')];

  it('of people who look the same', () => {
    const state = applyPeople(EMPTY, [mira, other, named(4, 'Rahul')]);
    expect(calledApart(state, mira)).toBe('Mira Sen (@user-2)');
    expect(hasDouble(state, other)).toBe(true);
    expect(calledApart(state, named(4, 'Rahul'))).toBe('Rahul');
  });

  it('in a sentence, a label and the title of a room of theirs, also where the name is brief', () => {
    const state = applyPeople(EMPTY, [mira, other]);
    const brief = (name: string) => name.split(' ')[0] ?? name;
    expect(calledApart(state, mira, brief)).toBe('Mira (@user-2)');
    expect(knownName(state, 3, brief)).toBe('Мira (@user-3)');
    const room = { name: 'private_1_2', title: 'Mira Sen', peer: mira };
    expect(titleOf(state, room)).toBe('Mira Sen (@user-2)');
    expect(titleOf(EMPTY, room)).toBe('Mira Sen');
  });

  it('also where they were only met in what they wrote', () => {
    const start = applyReady(EMPTY, ready(summary()));
    const state = applyFrames(
      start,
      created(message(1, { sender: mira }), message(2, { sender: other })),
      0,
    );
    expect(hasDouble(state, mira)).toBe(true);
    // Until one of them is called otherwise.
    expect(hasDouble(applyPeople(state, [named(3, 'Moyna')]), mira)).toBe(false);
  });

  it('and of whoever looks like oneself', () => {
    const start = applyReady(EMPTY, ready(summary()));
    const me = start.me;
    if (me === null) throw new Error('Nobody is signed in.');
    expect(hasDouble(start, named(99, me.display_name))).toBe(true);
    expect(hasDouble(start, me)).toBe(false);
  });
});

describe('a room is called', () => {
  it('by its title, without what would turn it', () =>
    expect(shownTitle({ name: 'tea', title: '\u202eTea\u2069' })).toBe('Tea'));

  it.each(['\u3164', '\u200b \u2060'])('by its address where the title is %j', (title) =>
    expect(titleOf(EMPTY, { name: 'tea', title })).toBe('tea'),
  );
});
