// Where the API is. The one file that somebody edits who serves this app from another host.

import { Unreachable } from './errors';

/** What `site.json` says. */
export interface Site {
  /** The origin of the API, such as `https://chat.example.org`; empty for the page's own. */
  api: string;
  /** The origins that this app may be opened at, where the server was told: the public one first. */
  origins?: readonly string[];
}

/** After so long a silence nobody answers any more. */
const PATIENCE_MS = 15_000;

/** Reads the file that stands beside the page. */
export async function loadSite(): Promise<Site> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch('/site.json', { cache: 'no-cache', signal: patience.signal });
    const said: unknown = response.ok ? await response.json() : {};
    return read(said);
  } catch (error) {
    throw new Unreachable(error);
  } finally {
    clearTimeout(timer);
  }
}

function read(said: unknown): Site {
  if (typeof said !== 'object' || said === null) return { api: '' };
  const api = 'api' in said && typeof said.api === 'string' ? said.api.replace(/\/+$/, '') : '';
  const origins = 'origins' in said && Array.isArray(said.origins) ? said.origins : [];
  const named = origins.filter((origin) => typeof origin === 'string');
  return named.length > 0 ? { api, origins: named } : { api };
}

/** The right address, when the page was opened at one that the server does not take for its own. */
export function rightAddress(site: Site, page: Location): string | null {
  if (site.origins === undefined || site.origins.includes(page.origin)) return null;
  return site.origins[0] ?? null;
}

export function socketAddress(site: Site, page: Location): string {
  const base = new URL(site.api || page.origin);
  base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  return new URL('/ws', base).href;
}
