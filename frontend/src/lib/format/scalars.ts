// Places in a text. Those of the server count Unicode scalar values, and strings of JavaScript their halves.

export interface Places {
  /** In units of UTF-16, of a place that the server said. */
  unit(scalar: number): number;
  /** In scalar values, of a place here. */
  scalar(unit: number): number;
}

const same = (place: number) => place;

export function placesIn(text: string): Places {
  // Most texts have no character of two halves.
  if (!/[\ud800-\udbff]/.test(text)) return { unit: same, scalar: same };
  const units: number[] = [];
  const scalars: number[] = [];
  for (const character of text) {
    for (let half = 0; half < character.length; half += 1) scalars.push(units.length);
    units.push(scalars.length - character.length);
  }
  units.push(scalars.length);
  scalars.push(units.length - 1);
  return {
    unit: (scalar) => units[scalar] ?? text.length,
    scalar: (unit) => scalars[unit] ?? units.length - 1,
  };
}
