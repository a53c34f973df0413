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
/** Within this one it is a turn of the wheel away. */
const NEAR_PX = 240;
/** So much of what was before is seen above a row that is scrolled to the top. */
const PEEK_PX = 72;
const OVERSCAN = 12;
/** A row that is aimed at has stood in its place for so many frames when it counts as placed … */
const STILL_FRAMES = 2;
/** … and is left where it is after so many: something goes on moving it. */
const MOST_FRAMES = 120;

type Align = 'start' | 'center' | 'end';

/** A row that the view is on its way to. */
interface Aim {
  key: string;
  align: Align;
  /** Called once it stands there, or the view goes elsewhere. */
  over: () => void;
}

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
  isNearEnd = $state(true);
  private wasWhole = false;
  /** Whether the view was at the end before the rows changed, and so goes there. */
  private follows = false;
  private aim: Aim | null = null;
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
    $effect(() => () => this.endAim());
    // Which rows are shown is known before they are drawn …
    $effect.pre(() => {
      const scroller = element();
      const next = rows();
      untrack(() => {
        this.catchUp(scroller);
        // Also where rows come in before the last, which is on its way and stays the last.
        const isThere = this.wasWhole && next.isWhole && this.virtualizer.isAtEnd(END_PX);
        this.follows ||= isThere && this.aim === null;
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
    return this.top + (this.virtualizer.scrollRect?.height ?? 0);
  }

  /** And the upper one. */
  get top(): number {
    return this.virtualizer.scrollOffset ?? 0;
  }

  toEnd(): void {
    this.endAim();
    this.virtualizer.scrollToEnd();
  }

  /** Whether the view is on its way to a row. */
  get isAiming(): boolean {
    return this.aim !== null;
  }

  /**
   * Brings a row into the window; resolves when it stands there. It is found by its key in each frame:
   * heights are guessed until rows are drawn, and rows come in before it meanwhile.
   */
  toKey(key: string, align: Align): Promise<void> {
    this.endAim();
    return new Promise((over) => {
      const aim = { key, align, over };
      this.aim = aim;
      this.approach(aim, 0, 0);
    });
  }

  private approach(aim: Aim, frames: number, still: number): void {
    if (this.aim !== aim) return;
    const { getItemKey, count } = this.virtualizer.options;
    let index = 0;
    while (index < count && getItemKey(index) !== aim.key) index += 1;
    const [target] = this.virtualizer.getOffsetForIndex(index, aim.align) ?? [];
    if (index === count || target === undefined || still > STILL_FRAMES || frames > MOST_FRAMES) {
      // What it still has to do was meant for the rows as they were.
      this.virtualizer.cancelScroll();
      this.endAim();
      return;
    }
    const isThere = Math.abs((this.virtualizer.scrollOffset ?? 0) - target) < 1;
    const isDrawn = this.virtualizer.itemSizeCache.has(aim.key);
    if (!isThere) this.virtualizer.scrollToOffset(target);
    requestAnimationFrame(() => this.approach(aim, frames + 1, isThere && isDrawn ? still + 1 : 0));
  }

  private endAim(): void {
    const { aim } = this;
    this.aim = null;
    aim?.over();
  }

  /** At the end the view stays there while the window changes: a composer grows, a keyboard comes. */
  private observeRect: typeof observeElementRect<HTMLElement> = (instance, told) => {
    let height = 0;
    return observeElementRect(instance, (rect) => {
      const wasAtEnd = this.isAtEnd && this.wasWhole && this.aim === null;
      const stays = height > 0 && rect.height !== height && wasAtEnd;
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
    this.isNearEnd = this.virtualizer.isAtEnd(NEAR_PX);
    this.moved();
  }
}
