// Text as every reader takes it. A string of JavaScript may hold half a character – an emoji that was cut
// in its middle by another program, say –, which is no text and which servers refuse.

/** The text with a mark in the place of each half of a character. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** Something as JSON that can be read: what leaves the app is made here. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'string' ? wellFormed(part) : part,
  );
}
