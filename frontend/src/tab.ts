// The browser's tab: what its title says, and whether its icon says that something is unread.

/** Two files: an icon that is drawn by a script is one more thing that can fail. */
const ICONS = { plain: '/favicon.svg', unread: '/icon-unread.svg' };

export function showTab(title: string, hasUnread: boolean): void {
  document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const icon = hasUnread ? ICONS.unread : ICONS.plain;
  // Set anew, the same icon would be fetched anew.
  if (link && link.getAttribute('href') !== icon) link.href = icon;
}
