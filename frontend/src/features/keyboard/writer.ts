// Where one writes just now: whoever hears a letter that nothing else wants leads it there.

export interface Writer {
  focus(): void;
  /** Turns a page of what was said, up or down. */
  turnPage(by: 1 | -1): void;
}

export const writer: { current: Writer | null } = { current: null };
