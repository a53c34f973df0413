// Whether somebody is here, or when they were: in words. Nothing of who keeps that to themselves, or was
// never here: the two look alike.
import type { I18n } from '../../i18n/index.svelte';
import type { ChatState } from '../../store/model';

export function seenText(
  i18n: I18n,
  state: ChatState,
  id: number,
  now: number,
): string | undefined {
  if (state.online.has(id)) return i18n.t.presence.online;
  const seen = state.lastSeen.get(id);
  return seen && i18n.t.presence.lastSeen(i18n.ago(seen, now));
}
