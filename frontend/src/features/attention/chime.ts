// A short sound, as of a spoon at a glass of tea. It is computed, so that nothing has to be fetched.

/** The partials of a small glass: hertz, loudness, and how long each rings, in seconds. */
const PARTIALS = [
  [1_318.5, 0.12, 0.5],
  [2_637, 0.05, 0.3],
  [3_951, 0.02, 0.15],
] as const;
/** Two strokes, the second a little later and higher. */
const STROKES = [
  [0, 1],
  [0.11, 1.26],
] as const;
/** What comes in a burst sounds once. */
const PAUSE_MS = 2_000;

let context: AudioContext | null = null;
let soundedAt = -Infinity;

/** Sounds once; where the browser plays nothing before the person has touched the page, not at all. */
export async function chime(now = performance.now()): Promise<void> {
  if (now - soundedAt < PAUSE_MS) return;
  soundedAt = now;
  context ??= new AudioContext();
  if (context.state === 'suspended') await context.resume();
  const begin = context.currentTime + 0.02;
  for (const [delay, higher] of STROKES) {
    for (const [hertz, loudness, seconds] of PARTIALS) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const at = begin + delay;
      tone.frequency.value = hertz * higher;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(loudness, at + 0.004);
      volume.gain.exponentialRampToValueAtTime(0.000_1, at + seconds);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
    }
  }
}
