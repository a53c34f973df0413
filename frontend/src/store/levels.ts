// How loud a recording was, as it is drawn.

/** So many parts a waveform has, as the server’s have. */
export const WAVEFORM = 64;

/** The waveform of a recording, from 0 to 1, which is the loudest of all: as the server draws it. */
export function waveformOf(levels: readonly number[]): number[] {
  const parts = summary(levels, WAVEFORM);
  const loudest = Math.max(...parts);
  return loudest > 0 ? parts.map((part) => part / loudest) : parts;
}

/** As many parts as there is room for, each as loud as its loudest level. */
export function summary(levels: readonly number[], count: number): number[] {
  const at = (part: number) => Math.floor((part * levels.length) / count);
  return Array.from({ length: count }, (_, part) =>
    Math.max(0, ...levels.slice(at(part), Math.max(at(part) + 1, at(part + 1)))),
  );
}
