// The address bar: which view is shown, in addresses that can be shared.
//
//   /                    the last room, or the way in
//   /rooms/{name}        a room;  ?at={seq} opens it around a message
//   /search              what was said;  ?in={room} in one room, ?q={query} at once
//   /directory           public rooms
//   /people              everybody
//   /settings            one's own account
//   /sign-in  /sign-up  /setup#{token}

export type Route =
  | { view: 'home' }
  | { view: 'room'; room: string; at: number | null }
  | { view: 'search'; room: string | null; query: string }
  | { view: 'directory' }
  | { view: 'people' }
  | { view: 'settings' }
  | { view: 'sign-in' }
  | { view: 'sign-up' }
  | { view: 'setup'; token: string }
  | { view: 'unknown' };

export function parse(url: URL): Route {
  const [head, room, ...rest] = url.pathname.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { view: 'unknown' };
  if (head === 'rooms' && room !== undefined) {
    const at = url.searchParams.get('at');
    const isNumber = at !== null && /^[1-9]\d{0,15}$/.test(at);
    return { view: 'room', room: decoded(room), at: isNumber ? Number(at) : null };
  }
  if (room !== undefined) return { view: 'unknown' };
  switch (head) {
    case undefined:
      return { view: 'home' };
    case 'search':
      return {
        view: head,
        room: url.searchParams.get('in'),
        query: url.searchParams.get('q') ?? '',
      };
    case 'directory':
    case 'people':
    case 'settings':
    case 'sign-in':
    case 'sign-up':
      return { view: head };
    case 'setup':
      // In the fragment, which is sent to no server and stands in no log.
      return { view: 'setup', token: decoded(url.hash.slice(1)) };
    default:
      return { view: 'unknown' };
  }
}

/** The address of a room, or of a message in it. */
export function roomPath(room: string, at: number | null = null): string {
  return `/rooms/${encodeURIComponent(room)}${at === null ? '' : `?at=${at}`}`;
}

/** The address of a search, in a room or everywhere. */
export function searchPath(room: string | null, query = ''): string {
  const asked = new URLSearchParams({
    ...(room !== null && { in: room }),
    ...(query && { q: query }),
  });
  return `/search?${asked}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the history keeps with an address. */
interface Entry {
  /** Where one came from. */
  from?: string;
  /** How many entries before it the list of rooms stands, where one came from there. */
  list?: number;
  /** It is not of the place, but of what is open above it there, or is being left (`ui/overlays.ts`). */
  over?: 'open' | 'left' | undefined;
}

function entry(): Entry {
  return (history.state as Entry | null) ?? {};
}

export class Router {
  route = $state.raw<Route>({ view: 'home' });

  private here = '';

  constructor() {
    this.read();
    // What is closed by going back leaves one where one is.
    addEventListener('popstate', () => location.href !== this.here && this.read());
    // Links are links: they can be opened in another tab, and here they need no new page.
    document.addEventListener('click', (event) => this.follow(event));
  }

  go(path: string, { replace = false } = {}): void {
    if (path === location.pathname + location.search) {
      // A link to where one is leads there once more: a message may be out of sight by now.
      this.read();
      return;
    }
    const { over } = entry();
    if (over === 'left') {
      addEventListener('popstate', () => this.go(path, { replace }), { once: true });
      return;
    }
    const state = replace ? { ...entry(), over: undefined } : this.after();
    // It takes the place of what was above the one before.
    history[replace || over ? 'replaceState' : 'pushState'](state, '', path);
    this.read();
  }

  /**
   * Up to where one came from: back to where it stands in the history, so that it never stands there twice.
   * Whoever came by a link from elsewhere finds it in the place of what they leave.
   */
  up(path: string): void {
    const { list, from } = entry();
    if (path === '/' && list !== undefined) history.go(-list);
    else if (path === from) history.back();
    else this.go(path, { replace: true });
  }

  /** What is kept with an entry after this one. */
  private after(): Entry {
    const from = location.pathname + location.search;
    const list = from === '/' ? 0 : entry().list;
    return { from, ...(list === undefined ? {} : { list: list + 1 }) };
  }

  private read(): void {
    this.here = location.href;
    this.route = parse(new URL(this.here));
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    const { view } = parse(url);
    if (url.origin !== location.origin || view === 'unknown') return;
    // What is to be opened beside the app is, unless it is a place in it: people send each other messages' links.
    if (link.target !== '' && view !== 'room') return;
    // A place in this page is the browser's to find.
    if (url.hash !== '' && url.pathname === location.pathname) return;
    event.preventDefault();
    const path = url.pathname + url.search;
    if (link.rel === 'up') this.up(path);
    else this.go(path);
  }
}
