// The browser around the page: the tab's title, whether its icon says that something is unread, and
// the colour of what stands above the page.
import type { Scheme } from './store/preferences.svelte';

/** Two files: an icon that is drawn by a script is one more thing that can fail. */
const ICONS = { plain: '/favicon.svg', unread: '/icon-unread.svg' };

export function showTab(title: string, hasUnread: boolean): void {
  document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const icon = hasUnread ? ICONS.unread : ICONS.plain;
  // Set anew, the same icon would be fetched anew.
  if (link && link.getAttribute('href') !== icon) link.href = icon;
}

const themes = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
/** As the page came: the light paper, then the dark one, each for the system's own scheme. */
const PAPERS = themes.map((theme) => theme.content);

/** Shows the page, and the browser's bar above it, in the light or the dark colours. */
export function showScheme(scheme: Scheme): void {
  document.documentElement.dataset['scheme'] = scheme;
  themes.forEach((theme, at) => {
    const paper = scheme === 'system' ? at : scheme === 'light' ? 0 : 1;
    theme.content = PAPERS[paper] ?? theme.content;
  });
}
