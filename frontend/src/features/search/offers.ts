// What may be meant by the word that is being typed, offered as a filter: pure.
import type { UserRef } from '../../api/types';
import type { RoomState } from '../../store/model';
import { shownName } from '../../store/names';
import { fit, rankedRooms, recentRooms } from '../switcher/rank';
import { HAS, type Chip, type Kind } from './query';

export type Offer = { key: string; chip: Chip; person?: UserRef; room?: RoomState };

/** So many are offered for an operator … */
const MOST = 6;
/** … and so many for a word, which is most of the time only a word. */
const MOST_FOR_WORD = 2;

interface Given {
  word: string;
  /** Whoever may be meant, nearest first. */
  people: Iterable<UserRef>;
  /** One's own rooms; none where there is no choice. */
  rooms: Iterable<RoomState>;
  me: UserRef;
  locale: string;
  now: Date;
}

/** An operator that is begun: what it is, and what is typed of what it wants. */
export function begun(word: string): { kind: Kind; value: string } | null {
  const found = /^(from|in|has|before|after|mentions):@?(.*)$/iu.exec(word);
  const [, kind, value] = found ?? [];
  return kind === undefined || value === undefined
    ? null
    : { kind: kind.toLowerCase() as Kind, value };
}

export function offersFor(given: Given): Offer[] {
  const { word, rooms, locale, now } = given;
  const operator = begun(word);
  if (operator === null) return word.length > 1 ? peopleFor(word, given, 2, MOST_FOR_WORD) : [];
  const { kind, value } = operator;
  switch (kind) {
    case 'from':
      return peopleFor(value, given, 3, MOST);
    case 'in':
      return roomsFor(value, rooms, locale).map((room) =>
        offer({ kind, value: room.summary.name }, { room }),
      );
    case 'has':
      return HAS.filter((it) => it.startsWith(value.toLowerCase())).map((it) =>
        offer({ kind, value: it }),
      );
    case 'before':
    case 'after':
      return DAYS_AGO.map((days) => offer({ kind, value: dayBefore(now, days) })).filter(
        ({ chip }) => chip.value.startsWith(value),
      );
    case 'mentions':
      return 'me'.startsWith(value.toLowerCase()) ? [offer({ kind, value: 'me' })] : [];
  }
}

/** How many days before today are offered. */
export const DAYS_AGO = [0, 1, 7, 30] as const;

/** The day as an operator has it, where the person is. */
export function dayBefore(now: Date, days: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function offer(chip: Chip, more: Pick<Offer, 'person' | 'room'> = {}): Offer {
  return { key: `offer-${chip.kind}-${chip.value}`, chip, ...more };
}

function roomsFor(value: string, rooms: Iterable<RoomState>, locale: string): RoomState[] {
  const all =
    value === ''
      ? recentRooms(rooms, null)
      : rankedRooms(rooms, value, locale).map(({ item }) => item);
  return all.slice(0, MOST);
}

/** Who is called so: from the beginning of a word of their name, or from anywhere in it. */
function peopleFor(value: string, { people, me }: Given, loosest: 2 | 3, most: number): Offer[] {
  const ranked = new Map<number, { person: UserRef; rank: number }>();
  for (const person of [me, ...people]) {
    const names = [shownName(person), person.username, ...(person.id === me.id ? ['me'] : [])];
    const rank = value === '' ? 0 : fit(names, value);
    if (person.id > 0 && rank !== null && rank <= loosest && !ranked.has(person.id)) {
      ranked.set(person.id, { person, rank });
    }
  }
  return [...ranked.values()]
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ person }) => {
      const value = person.id === me.id ? 'me' : person.username;
      return offer({ kind: 'from', value }, { person });
    });
}
