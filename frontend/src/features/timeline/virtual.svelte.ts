// The rows that are near the window, and where: a thin reactive coat over TanStack's virtualiser.
// It keeps the view still while older rows come in above or rows change their height, and follows
// the end while the person is there.
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import { untrack } from 'svelte';

/** Within this distance of the end, in pixels, the view follows what comes. */
export const END_PX = 48;
/** So much of what was before is seen above a row that is scrolled to the top. */
const PEEK_PX = 72;
const OVERSCAN = 12;

/** What a list is told of its rows. */
export interface Rows {
  readonly keys: readonly string[];
  /** The likely height of a row that was never shown, in pixels. */
  estimate(index: number): number;
  /** Space above the first and below the last, in pixels. */
  before: number;
  after: number;
  /** Whether the last row is the last there is: else there is no end to follow. */
  isWhole: boolean;
}

export class VirtualList {
  items = $state.raw<VirtualItem[]>([]);
  height = $state(0);
  isAtEnd = $state(true);
  private wasWhole = false;
  /** Whether the view was at the end before the rows changed, and so goes there. */
  private follows = false;
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  constructor(
    element: () => HTMLElement | null,
    rows: () => Rows,
    /** Called when the window moved or rows changed. */
    private readonly moved: () => void,
  ) {
    const options = ({ keys, estimate, before, after }: Rows) => ({
      count: keys.length,
      getScrollElement: element,
      estimateSize: estimate,
      getItemKey: (index: number) => keys[index] ?? index,
      paddingStart: before,
      paddingEnd: after,
      scrollPaddingStart: PEEK_PX,
      // To the fraction of a pixel, as the rows are laid out: what is rounded adds up to a jump.
      measureElement: (row: HTMLElement) => row.getBoundingClientRect().height,
      overscan: OVERSCAN,
      anchorTo: 'end' as const,
      scrollEndThreshold: END_PX,
      observeElementRect: this.observeRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.read(),
    });
    this.virtualizer = new Virtualizer(options(untrack(rows)));
    // What is above the window never moves what is in it, whichever way the person scrolls.
    this.virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _, virtualizer) => {
      const top = virtualizer.scrollOffset ?? 0;
      return virtualizer.itemSizeCache.has(item.key) ? item.end <= top : item.start < top;
    };
    $effect(() => untrack(() => this.virtualizer._didMount()));
    // Which rows are shown is known before they are drawn …
    $effect.pre(() => {
      const scroller = element();
      const next = rows();
      untrack(() => {
        this.catchUp(scroller);
        // Also where rows come in before the last, which is on its way and stays the last.
        const isThere = this.wasWhole && next.isWhole && this.virtualizer.isAtEnd(END_PX);
        this.follows ||= isThere;
        this.virtualizer.setOptions(options(next));
        this.wasWhole = next.isWhole;
        this.read();
      });
    });
    // … and the window is moved once the room for it is there.
    $effect(() => {
      void [element(), rows(), this.items, this.height];
      untrack(() => {
        this.virtualizer._willUpdate();
        if (this.follows) this.toEnd();
        this.follows = false;
      });
    });
  }

  /** An action: measures a row as it is and as it changes. */
  measure = (node: HTMLElement): { destroy(): void } => {
    this.virtualizer.measureElement(node);
    return { destroy: () => this.virtualizer.measureElement(null) };
  };

  /** Where the lower edge of the window is, as last told: asking the page would make it lay out. */
  get bottom(): number {
    return (this.virtualizer.scrollOffset ?? 0) + (this.virtualizer.scrollRect?.height ?? 0);
  }

  toEnd(): void {
    this.virtualizer.scrollToEnd();
  }

  toIndex(index: number, align: 'start' | 'center' | 'end'): void {
    this.virtualizer.scrollToIndex(index, { align });
  }

  /** At the end the view stays there while the window changes: a composer grows, a keyboard comes. */
  private observeRect: typeof observeElementRect<HTMLElement> = (instance, told) => {
    let height = 0;
    return observeElementRect(instance, (rect) => {
      const stays = height > 0 && rect.height !== height && this.isAtEnd && this.wasWhole;
      height = rect.height;
      told(rect);
      if (stays) this.toEnd();
    });
  };

  /** What was scrolled since the last event counts, before rows come in above. */
  private catchUp(scroller: HTMLElement | null): void {
    const known = this.virtualizer.scrollOffset;
    if (scroller === null || known === null || Math.abs(scroller.scrollTop - known) < 1) return;
    scroller.dispatchEvent(new Event('scroll'));
  }

  private read(): void {
    this.items = this.virtualizer.getVirtualItems();
    this.height = this.virtualizer.getTotalSize();
    this.isAtEnd = this.virtualizer.isAtEnd(END_PX);
    this.moved();
  }
}
