// What the views stand on: the parts of the app as they see them. The app makes them, and is known
// to none of them.
import { getContext, setContext } from 'svelte';

import type { Api } from '../api/client';
import type { Me } from '../api/types';
import type { Database, DatabaseState } from '../offline/db';
import type { Outbox } from '../offline/outbox';
import type { Recordings } from '../offline/recordings';
import type { RealtimeClient } from '../realtime/client';
import type { Router } from '../router.svelte';
import type { Account } from '../store/account.svelte';
import type { Addresses } from '../store/addresses';
import type { ChatStore } from '../store/chat.svelte';
import type { PeopleDirectory } from '../store/directory';
import type { Drafts } from '../store/drafts.svelte';
import type { History } from '../store/history';
import type { Membership } from '../store/membership';
import type { Player } from '../store/player.svelte';
import type { Picks } from '../store/picked.svelte';
import type { Previews } from '../store/previews';
import type { Preferences } from '../store/preferences.svelte';
import type { Retry } from '../store/retry.svelte';
import type { Session } from '../store/session.svelte';
import type { Space } from '../store/space';

/** What lives as long as the page. */
export interface App {
  readonly session: Session;
  readonly api: Api;
  readonly router: Router;
  readonly preferences: Preferences;
  readonly retry: Retry;
}

/** What lives as long as somebody is signed in. */
export interface Chat {
  readonly me: Me;
  /** Whether what is written here outlives this page. */
  readonly storage: DatabaseState;
  /** To be read: what changes it are the parts below. */
  readonly store: Pick<ChatStore, 'state'>;
  readonly realtime: RealtimeClient;
  readonly history: History;
  readonly account: Account;
  readonly membership: Membership;
  readonly people: PeopleDirectory;
  readonly player: Player;
  readonly addresses: Addresses;
  readonly previews: Previews;
  readonly picks: Picks;
  readonly space: Space;
  readonly outbox: Outbox;
  readonly recordings: Recordings;
  readonly drafts: Drafts;
  readonly db: Database;
}

const APP = Symbol('app');
const CHAT = Symbol('chat');

export function provideApp(app: App): void {
  setContext(APP, app);
}

export function useApp(): App {
  return getContext<App>(APP);
}

export function provideChat(chat: Chat): void {
  setContext(CHAT, chat);
}

export function useChat(): Chat {
  return getContext<Chat>(CHAT);
}
