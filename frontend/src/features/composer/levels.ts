// How loud a recording was, as it is drawn.

/** As many parts as there is room for, each as loud as its loudest level. */
export function summary(levels: readonly number[], count: number): number[] {
  const at = (part: number) => Math.floor((part * levels.length) / count);
  return Array.from({ length: count }, (_, part) =>
    Math.max(0, ...levels.slice(at(part), Math.max(at(part) + 1, at(part + 1)))),
  );
}
