// Which of the hues is a person's: their face and their name have the same one, everywhere and always.

export const HUES = 6;

export function hueOf(person: number): number {
  return person % HUES;
}
