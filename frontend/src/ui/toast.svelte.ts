// One short sentence about what was just done, for as long as it takes to read it.

/** So long it is shown. */
const SHOWN_MS = 4_000;

class Toast {
  text = $state<string | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.text = null), SHOWN_MS);
  }
}

export const toast = new Toast();
