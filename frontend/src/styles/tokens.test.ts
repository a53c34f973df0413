import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

/** A colour in the light and in the dark. */
function colour(name: string): [string, string] {
  const value = new RegExp(`${name}: ([^;]+);`).exec(tokens)?.[1] ?? '';
  const [light, dark = light] = value.match(/#[0-9a-f]{6}/g) ?? [];
  if (light === undefined || dark === undefined) throw new Error(`${name} is no colour.`);
  return [light, dark];
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As WCAG counts it. */
function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const hues = Array.from({ length: 6 }, (_, at) => `--hue-${at}`);

describe.each(hues)('%s', (hue) => {
  it.each(['--paper', '--paper-raised', '--accent-wash'])('names can be read on %s', (ground) => {
    const [ink, paper] = [colour(`${hue}-ink`), colour(ground)];
    expect(contrast(ink[0], paper[0])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(ink[1], paper[1])).toBeGreaterThanOrEqual(4.5);
  });

  it('a letter can be read on a face', () => {
    const [face, ink] = [colour(hue), colour('--face-ink')];
    expect(contrast(ink[0], face[0])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(ink[1], face[1])).toBeGreaterThanOrEqual(4.5);
  });
});
