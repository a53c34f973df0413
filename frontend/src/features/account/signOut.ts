// Ends the session here and in the browser's other tabs.
import type { App } from '../context';

export function signOut({ api, session }: App): Promise<void> {
  return session.logout(() => api.call('post', '/auth/logout', {}));
}
