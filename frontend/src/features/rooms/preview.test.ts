import { expect, test } from 'vitest';

import type { UserRef } from '../../api/types';
import { bn } from '../../i18n/bn';
import { en } from '../../i18n/en';
import type { Outgoing, OutgoingState } from '../../offline/outgoing';
import type { RoomState } from '../../store/model';
import { entered, general, message, MIRA, RAHUL, tombstone } from '../../testing/messages';
import { onTheWay, previewOf, type Preview } from './preview';

const TULI: UserRef = { id: 7, username: 'tuli', display_name: 'তুলি দাস' };

interface Given {
  last?: Parameters<typeof message>[1] | null;
  peer?: UserRef;
  typing?: RoomState['typing'];
  people?: UserRef[];
  draft?: string;
  outgoing?: Outgoing[];
  t?: typeof en;
}

function preview({ last, peer, typing = [], people = [], draft, outgoing = [], t = en }: Given) {
  const last_message = last === null ? {} : { last_message: message(1, last) };
  const state = entered({
    last_seq: last === null ? 0 : 1,
    ...last_message,
    ...(peer && { peer }),
  });
  return previewOf(
    { ...general(state), typing },
    {
      me: MIRA.id,
      who: { me: MIRA, met: new Map(), people: new Map(people.map((one) => [one.id, one])) },
      t,
      draft,
      onTheWay: onTheWay(outgoing).get('general'),
    },
  );
}

const typist = (userId: number, kind: 'text' | 'voice' = 'text') => ({ userId, kind, until: 1 });

function written(text: string, state: OutgoingState = { kind: 'ready' }): Outgoing {
  const content = { kind: 'text' as const, text };
  return { clientId: text, userId: 1, room: 'general', content, state, at: 1, tab: 'tab' };
}

const refused: OutgoingState = { kind: 'refused', refusal: { code: 'unanswered', detail: '' } };

const said = (text: string, lead?: string): Preview => ({
  kind: 'said',
  text,
  ...(lead === undefined ? {} : { lead }),
});

test('the latest word is said with the first name, of the name that is known last', () => {
  const sender = { ...RAHUL, display_name: 'Rahul Dev Roy' };
  expect(preview({ last: { text: 'Tea?', sender } })).toEqual(said('Tea?', 'Rahul'));
  const people = [{ ...RAHUL, display_name: 'Dev Roy' }];
  expect(preview({ last: { text: 'Tea?', sender }, people })).toEqual(said('Tea?', 'Dev'));
});

test('one’s own word is one’s own, and of two people the other one is named above', () => {
  expect(preview({ last: { text: 'Tea!', sender: MIRA } })).toEqual(said('Tea!', 'You'));
  expect(preview({ last: { text: 'Tea?' }, peer: RAHUL })).toEqual(said('Tea?'));
  expect(preview({ last: { text: 'Tea!', sender: MIRA }, peer: RAHUL })).toEqual(
    said('Tea!', 'You'),
  );
});

test('where nothing was said, or it was taken back, the list says that', () => {
  expect(preview({ last: null })).toEqual({ kind: 'none', text: en.rooms.noMessages });
  expect(preview({ last: tombstone(1, 2) })).toEqual({ kind: 'none', text: en.rooms.deleted });
});

test('who is typing is said before everything else', () => {
  const others = { draft: 'half a thought', outgoing: [written('late')] };
  expect(preview({ typing: [typist(RAHUL.id)], peer: RAHUL, ...others })).toEqual({
    kind: 'typing',
    text: 'typing…',
  });
  expect(preview({ typing: [typist(7)], people: [TULI], t: bn })).toEqual({
    kind: 'typing',
    text: 'তুলি লিখছেন…',
  });
  expect(preview({ typing: [typist(7), typist(8)], people: [TULI] }).text).toBe(
    'তুলি and 1 more are typing…',
  );
  expect(preview({ typing: [typist(9, 'voice')] }).text).toBe('recording…');
  expect(preview({ last: { text: 'Tea?' }, typing: [typist(MIRA.id)] }).kind).toBe('said');
});

test('a draft is shown before the latest word, and what failed before the draft', () => {
  const draft = 'half a thought';
  expect(preview({ draft })).toEqual({ kind: 'draft', lead: 'Draft', text: draft });
  const outgoing = [written('refused', refused), written('waits')];
  expect(preview({ draft, outgoing })).toEqual({
    kind: 'failed',
    lead: 'Not sent',
    text: 'refused',
  });
});

test('what waits to be sent is shown as the latest word', () => {
  const outgoing = [written('first'), written('then')];
  expect(preview({ outgoing })).toEqual({ kind: 'waiting', lead: 'You', text: 'then' });
  const file = { kind: 'file' as const, file: new Blob(), name: 'tea.pdf', media: null };
  const content = { kind: 'parcel' as const, text: '', attachments: [file] };
  expect(preview({ outgoing: [{ ...written(''), content }] }).text).toBe('1 file');
});
