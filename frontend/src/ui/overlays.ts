// What stands above everything else: dialogs, sheets, menus, panels, whoever opened them.
//
// Where one touches, the way back closes them, as it does in every other app there. While something is open, the
// history has an entry more, of the same address; who goes back from it closes the topmost. Whatever else closes
// the last one takes that entry away, or another place is put where it stands: it is never one of nothing. One that
// is come to in another way (forward, or after a reload) is left at once.

/** What an entry of the history says of itself; the router reads it. */
type Over = 'open' | 'left';

const OPEN = 'dialog[open], [popover]:popover-open';

export function isAnythingOpen(): boolean {
  return document.querySelector(OPEN) !== null;
}

function over(): Over | undefined {
  return (history.state as { over?: Over } | null)?.over;
}

function put(over: Over, by: 'pushState' | 'replaceState'): void {
  history[by]({ ...history.state, over }, '');
}

function close(overlay: Element | undefined): void {
  if (overlay instanceof HTMLDialogElement) overlay.close();
  else if (overlay instanceof HTMLElement) overlay.hidePopover();
}

/** Keeps the history in step with what is open, until it is stopped. */
export function followOverlays(): () => void {
  const fingers = matchMedia('(pointer: coarse)');
  const stopping = new AbortController();
  const observer = new MutationObserver(soon);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** From the one that was opened first. */
  let open: Element[] = [];
  let isLeaving = false;

  /** What takes the place of what has just closed is open by then. */
  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(follow);
  }

  function follow(): void {
    const all = [...document.querySelectorAll(OPEN)];
    open = [...open.filter((it) => all.includes(it)), ...all.filter((it) => !open.includes(it))];
    // What is open may also be gone with what it stands in.
    const childList = open.length > 0;
    observer.observe(document, {
      subtree: true,
      attributes: true,
      attributeFilter: ['open'],
      childList,
    });
    if (isLeaving) return;
    if (childList && !over() && fingers.matches) put('open', 'pushState');
    else if (!childList && over()) {
      isLeaving = true;
      // Whoever wants to go somewhere waits for that: what goes back is only asked for here.
      put('left', 'replaceState');
      history.back();
    }
  }

  function moved(): void {
    if (!isLeaving && !over()) close(open.at(-1));
    isLeaving = false;
    soon();
  }

  addEventListener('popstate', moved, { signal: stopping.signal });
  document.addEventListener('toggle', soon, { capture: true, signal: stopping.signal });
  follow();
  return () => {
    stopping.abort();
    observer.disconnect();
    clearTimeout(timer);
  };
}
