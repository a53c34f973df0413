// Ends the session here and in the browser's other tabs: the one way to do it, once the person knows what of theirs
// is gone with it.
import type { App, Chat } from '../context';
import { leaving } from './leaving.svelte';
import { isNothing, waitingOf } from './waiting';

/** What is to be done before it, such as ending the other sessions, is done once it is sure. */
export async function signOut(
  { api, session }: App,
  chat: Chat,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const run = async () => {
    await before();
    await session.logout(() => api.call('post', '/auth/logout', {}));
  };
  const waiting = await waitingOf(chat);
  if (isNothing(waiting)) await run();
  else leaving.ask(waiting, run);
}
