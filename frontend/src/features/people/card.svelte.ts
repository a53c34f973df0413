// Whose card is open. It is opened from wherever somebody is named.
import type { UserRef } from '../../api/types';

export const card = $state<{ person: UserRef | null }>({ person: null });

export function openCard(person: UserRef): void {
  card.person = person;
}
