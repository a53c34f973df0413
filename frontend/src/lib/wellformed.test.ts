import { describe, expect, it } from 'vitest';

import { toJson, wellFormed } from './wellformed';

describe('text that leaves the app', () => {
  it.each([
    ['broken \ud83d emoji', 'broken \ufffd emoji'],
    ['\udc4d first', '\ufffd first'],
    ['turned \udc4d\ud83d round', 'turned \ufffd\ufffd round'],
    ['cut\ud83d', 'cut\ufffd'],
    ['\ud83d👍\udc4d', '\ufffd👍\ufffd'],
    ['whole 👍🏽 👨‍👩‍👧 আড্ডা', 'whole 👍🏽 👨‍👩‍👧 আড্ডা'],
    ['', ''],
  ])('%j is well-formed', (text, made) => {
    expect(wellFormed(text)).toBe(made);
    expect(toJson({ text, list: [text] })).toBe(JSON.stringify({ text: made, list: [made] }));
    expect(() => encodeURIComponent(wellFormed(text))).not.toThrow();
  });
});
