// What a filter says to a person.
import type { Me } from '../../api/types';
import type { I18n } from '../../i18n/index.svelte';
import { searchWords } from '../../i18n/search';
import { roomOf, type ChatState } from '../../store/model';
import { calledApart, shownTitle } from '../../store/names';
import type { Chip, Has } from './query';

export function chipText(i18n: I18n, state: ChatState, me: Me, { kind, value }: Chip): string {
  const t = searchWords(i18n).chip;
  switch (kind) {
    case 'from':
      return value === 'me' || value === me.username
        ? t.fromMe
        : t.from(nameOf(state, value) ?? value);
    case 'in':
      return placeText(i18n, state, value);
    case 'has':
      return t.has[value as Has];
    case 'before':
    case 'after':
      return t[kind](dayText(i18n, value));
    case 'mentions':
      return t.mentions;
  }
}

/** Which room it is, or whose conversation. */
export function placeText(i18n: I18n, state: ChatState, room: string): string {
  const { in: within, with: beside } = searchWords(i18n).chip;
  const summary = roomOf(state, room)?.summary;
  if (summary?.peer) return beside(calledApart(state, summary.peer));
  return within(summary ? shownTitle(summary) : room);
}

/** Whether it can be said who has this handle. */
export function isKnown(state: ChatState, username: string): boolean {
  return username === 'me' || nameOf(state, username) !== null;
}

function nameOf(state: ChatState, username: string): string | null {
  const { me, people, rooms } = state;
  const peers = [...rooms.values()].flatMap(({ summary: { peer } }) => peer ?? []);
  const all = [...(me ? [me] : []), ...people.values(), ...peers];
  const person = all.find((it) => it.username === username);
  return person ? calledApart(state, person) : null;
}

/** A day as people write it. */
export function dayText(i18n: I18n, value: string): string {
  const [year = 0, month = 1, day = 1] = value.split('-').map(Number);
  return new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'medium' }).format(
    new Date(year, month - 1, day),
  );
}
