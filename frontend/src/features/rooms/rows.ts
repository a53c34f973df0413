// The rows of the list of rooms, as they are found in the page.

/** The row that something is in. */
export function rowAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest('li') : null;
}

/** The room whose row something is in. */
export function nameAt(target: EventTarget | null): string | undefined {
  return rowAt(target)?.querySelector<HTMLElement>('[data-room]')?.dataset['room'];
}

/** The link to a room of the list. */
export function linkOf(list: HTMLElement, name: string): HTMLElement | null {
  return list.querySelector<HTMLElement>(`[data-room="${CSS.escape(name)}"]`);
}
