// Where the API is. The one file that somebody edits who serves this app from another host.

/** What `site.json` says. */
export interface Site {
  /** The origin of the API, such as `https://chat.example.org`; empty for the page's own. */
  api: string;
}

/** Reads the file that stands beside the page. */
export async function loadSite(): Promise<Site> {
  const response = await fetch('/site.json', { cache: 'no-cache' });
  const said: unknown = response.ok ? await response.json() : {};
  const api = typeof said === 'object' && said !== null && 'api' in said ? said.api : '';
  return { api: typeof api === 'string' ? api.replace(/\/+$/, '') : '' };
}

/** The address of the socket. */
export function socketAddress(site: Site, page: Location): string {
  const base = new URL(site.api || page.origin);
  base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  return new URL('/ws', base).href;
}
