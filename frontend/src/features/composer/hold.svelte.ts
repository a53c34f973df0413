// A finger on the microphone: what is recorded while it is held is sent when it lets go. It slides away
// to throw the recording away, and up to go on without being held. A tap goes on without it too.
// Mice and keys press the button as any other, and so does a screen reader.

/** Shorter is a tap. */
export const HOLD_MS = 500;
/** So far it slides to the side, or up, in pixels. */
export const AWAY_PX = 120;
export const UP_PX = 80;

/** What a finger asks for. */
export interface Wishes {
  begin(): void;
  send(): void;
  cancel(): void;
  /** The finger was taken away by something else: what is recorded waits. What the browser asks about just then
   *  begins once it is allowed. */
  lost(): void;
}

/** Where a finger is. */
type Point = Pick<PointerEvent, 'pointerId' | 'pointerType' | 'clientX' | 'clientY'>;

interface Beginning {
  pointer: number;
  x: number;
  y: number;
  at: number;
  /** Which way leads away: against the direction of reading. */
  sign: 1 | -1;
}

export class Hold {
  private beginning = $state.raw<Beginning | null>(null);
  /** How far it has slid away, and up, from 0 to 1; of the two only where it goes. */
  away = $state(0);
  up = $state(0);

  constructor(
    private readonly wishes: Wishes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get isDown(): boolean {
    return this.beginning !== null;
  }

  /** Hears the fingers on a button, until it is gone. */
  listen = (button: HTMLElement): (() => void) => {
    const ends = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      run: (event: HTMLElementEventMap[K]) => void,
    ) => button.addEventListener(type, run, { signal: ends.signal, passive: false });
    on('pointerdown', (event) => this.down(event, getComputedStyle(button).direction === 'rtl'));
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.letGo(event));
    on('pointercancel', (event) => this.takenAway(event));
    // No click follows, no menu and no selection: the finger has said all by itself.
    on('touchstart', (event) => event.preventDefault());
    on('contextmenu', (event) => this.isDown && event.preventDefault());
    return () => {
      ends.abort();
      if (this.isDown) this.lose();
    };
  };

  down(point: Point, isRightToLeft: boolean): void {
    if (point.pointerType !== 'touch' || this.isDown) return;
    this.beginning = {
      pointer: point.pointerId,
      x: point.clientX,
      y: point.clientY,
      at: this.now(),
      sign: isRightToLeft ? 1 : -1,
    };
    this.wishes.begin();
  }

  move(point: Point): void {
    const beginning = this.of(point);
    if (!beginning) return;
    const aside = Math.max(0, (point.clientX - beginning.x) * beginning.sign);
    const above = Math.max(0, beginning.y - point.clientY);
    this.away = aside >= above ? Math.min(1, aside / AWAY_PX) : 0;
    this.up = above > aside ? Math.min(1, above / UP_PX) : 0;
    if (this.away === 1) {
      this.end();
      this.wishes.cancel();
    } else if (this.up === 1) {
      this.end();
    }
  }

  letGo(point: Point): void {
    const beginning = this.of(point);
    if (!beginning) return;
    this.end();
    if (this.now() - beginning.at >= HOLD_MS) this.wishes.send();
  }

  takenAway(point: Point): void {
    if (this.of(point)) this.lose();
  }

  /** Where the finger that is held began. */
  private of({ pointerId }: Point): Beginning | null {
    return this.beginning?.pointer === pointerId ? this.beginning : null;
  }

  private lose(): void {
    this.end();
    this.wishes.lost();
  }

  private end(): void {
    [this.beginning, this.away, this.up] = [null, 0, 0];
  }
}
