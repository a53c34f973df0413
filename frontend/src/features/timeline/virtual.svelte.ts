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
const OVERSCAN = 12;

export class VirtualList {
  items = $state.raw<VirtualItem[]>([]);
  height = $state(0);
  isAtEnd = $state(true);
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  constructor(
    element: () => HTMLElement | null,
    count: () => number,
    key: (index: number) => string,
    estimate: (index: number) => number,
    /** Called when the window moved or rows changed. */
    private readonly moved: () => void,
  ) {
    const options = () => ({
      count: count(),
      getScrollElement: element,
      estimateSize: estimate,
      getItemKey: key,
      overscan: OVERSCAN,
      anchorTo: 'end' as const,
      followOnAppend: true,
      scrollEndThreshold: END_PX,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.read(),
    });
    this.virtualizer = new Virtualizer(options());
    $effect(() => untrack(() => this.virtualizer._didMount()));
    $effect(() => {
      // What the options depend on is read here; telling the virtualiser must not depend on more.
      element();
      const next = options();
      untrack(() => {
        this.virtualizer.setOptions(next);
        this.virtualizer._willUpdate();
        this.read();
      });
    });
  }

  /** An action: measures a row as it is and as it changes. */
  measure = (node: HTMLElement): { destroy(): void } => {
    this.virtualizer.measureElement(node);
    return { destroy: () => this.virtualizer.measureElement(null) };
  };

  toEnd(): void {
    this.virtualizer.scrollToEnd();
  }

  toIndex(index: number, align: 'start' | 'center' | 'end'): void {
    this.virtualizer.scrollToIndex(index, { align });
  }

  private read(): void {
    this.items = this.virtualizer.getVirtualItems();
    this.height = this.virtualizer.getTotalSize();
    this.isAtEnd = this.virtualizer.isAtEnd(END_PX);
    this.moved();
  }
}
