// Goes by keys from message to message: which row an element belongs to, and which comes next.
import type { VirtualList } from '../virtual.svelte';

/** So much of the window is passed at once in a message that is longer than it. */
const PART = 0.6;
/** What is nearer to the edge is seen whole, in pixels. */
const SLACK_PX = 4;

export class Steps {
  constructor(
    private readonly scroller: () => HTMLElement,
    private readonly list: () => VirtualList,
    /** Whether one stops at a row. */
    private readonly isStop: (index: number) => boolean,
  ) {}

  rowOf(target: EventTarget | null): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  }

  indexOf(target: EventTarget | null): number | null {
    const row = this.rowOf(target);
    return row && Number(row.dataset['index']);
  }

  rowAt(index: number): HTMLElement | null {
    return this.scroller().querySelector(`[data-index="${index}"]`);
  }

  /** To the one above or below; through a long one a part at a time. */
  go(by: 1 | -1): void {
    const scroller = this.scroller();
    const row = this.rowOf(document.activeElement);
    if (row && this.goesOn(row, by)) {
      scroller.scrollBy({ top: by * PART * scroller.clientHeight });
      return;
    }
    const from = this.indexOf(row);
    const to = from === null ? this.lowest() : this.next(from, by);
    const next = to === null ? null : this.rowAt(to);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  }

  private goesOn(row: Element, by: 1 | -1): boolean {
    const window = this.scroller().getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    // One that is out of sight altogether is not gone through.
    if (bottom < window.top || top > window.bottom) return false;
    return by < 0 ? top < window.top - SLACK_PX : bottom > window.bottom + SLACK_PX;
  }

  private next(from: number, by: 1 | -1): number | null {
    const drawn = this.list().items.map(({ index }) => index);
    const on = by > 0 ? drawn : drawn.reverse();
    return on.find((index) => (index - from) * by > 0 && this.isStop(index)) ?? null;
  }

  /** The last one that is seen to its end; where one is longer than the window, the last that is seen at all. */
  private lowest(): number | null {
    const { items, bottom } = this.list();
    const stops = items.filter(({ index, start }) => this.isStop(index) && start < bottom);
    return (stops.findLast(({ end }) => end <= bottom + SLACK_PX) ?? stops.at(-1))?.index ?? null;
  }
}
