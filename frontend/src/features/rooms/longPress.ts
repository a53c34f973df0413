// A finger that stays where it is asks for a menu. Browsers say so by `contextmenu`, but for those of iOS.

const LONG_MS = 500;
/** A finger is never quite still. */
const TREMBLE_PX = 10;

/** Runs something where a finger stays on the element; what it would have pressed is not pressed then. */
export function longPress(run: (event: PointerEvent) => void) {
  return (element: HTMLElement): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let began: PointerEvent | null = null;
    let wasLong = false;

    const end = () => clearTimeout(timer);
    const listeners = {
      pointerdown: (event: PointerEvent) => {
        end();
        wasLong = false;
        if (event.pointerType !== 'touch' || !event.isPrimary) return;
        began = event;
        timer = setTimeout(() => {
          wasLong = true;
          run(event);
        }, LONG_MS);
      },
      pointermove: ({ clientX, clientY }: PointerEvent) => {
        if (!began) return;
        const moved = Math.hypot(clientX - began.clientX, clientY - began.clientY);
        if (moved > TREMBLE_PX) end();
      },
      pointerup: end,
      pointercancel: end,
      // Said by the browser itself, and heard by whoever listens for that.
      contextmenu: end,
      click: (event: MouseEvent) => {
        if (!wasLong) return;
        wasLong = false;
        event.preventDefault();
        event.stopPropagation();
      },
    };
    const all = Object.entries(listeners) as [string, EventListener][];
    all.forEach(([type, listen]) => element.addEventListener(type, listen, true));
    return () => all.forEach(([type, listen]) => element.removeEventListener(type, listen, true));
  };
}
