// A tone that a browser hears through its microphone, and which tone it is that comes out elsewhere.

/** Samples from -1 to 1, so many in a second. */
export interface Sound {
  rate: number;
  samples: ArrayLike<number>;
}

/** Seconds of a tone, as a WAV file. It swells three times in a second, as speech does: what never changes is
 *  noise to a browser, which takes it away. */
export function toneFile(hertz: number, seconds: number): Buffer {
  const rate = 48_000;
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at += 1) {
    const swell = 0.55 - 0.45 * Math.cos((2 * Math.PI * 3 * at) / rate);
    const tone = Math.sin((2 * Math.PI * hertz * at) / rate) * swell;
    samples.writeInt16LE(Math.round(tone * 20_000), at * 2);
  }
  return wavFile(rate, samples);
}

/** A WAV file of one channel with 16 bits. */
export function wavFile(rate: number, samples: Buffer): Buffer {
  const head = Buffer.from('RIFF....WAVEfmt ....................data....', 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** What is in a WAV file of one channel with 16 bits; anything else is an error. */
export function readWav(file: Buffer): Sound {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('It is no WAV file.');
  }
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= file.length;) {
    const length = file.readUInt32LE(at + 4);
    chunks.set(file.toString('latin1', at, at + 4), file.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  const [format, data] = [chunks.get('fmt '), chunks.get('data')];
  if (!format || !data) throw new Error('It has no format, or no samples.');
  const [coding, channels] = [format.readUInt16LE(0), format.readUInt16LE(2)];
  const bits = format.readUInt16LE(14);
  if (coding !== 1 || channels !== 1 || bits !== 16) {
    throw new Error(`It is coding ${coding} with ${channels} channels and ${bits} bits.`);
  }
  const samples = Array.from(
    { length: Math.floor(data.length / 2) },
    (_, at) => data.readInt16LE(at * 2) / 32_768,
  );
  return { rate: format.readUInt32LE(4), samples };
}

/** The frequency that is the loudest in the middle of a sound, and how much of all that is heard there it is,
 *  of 1. */
export function loudest({ rate, samples }: Sound): { hertz: number; share: number } {
  const count = Math.min(samples.length, Math.round(rate / 2));
  const from = Math.floor((samples.length - count) / 2);
  const windowed = Float64Array.from({ length: count }, (_, at) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / count);
    return hann * (samples[from + at] ?? 0);
  });
  const [STEP, LOWEST, HIGHEST, NEAR] = [4, 60, 6_000, 40];
  const found = { hertz: 0, power: -1 };
  let [near, all] = [0, 0];
  const powers: (typeof found)[] = [];
  for (let hertz = LOWEST; hertz < HIGHEST; hertz += STEP) {
    powers.push({ hertz, power: powerAt(windowed, hertz / rate) });
  }
  for (const it of powers) if (it.power > found.power) Object.assign(found, it);
  for (const { hertz, power } of powers) {
    all += power;
    if (Math.abs(hertz - found.hertz) <= NEAR) near += power;
  }
  return { hertz: found.hertz, share: near / all };
}

/** How much of a frequency, of 1 that is the rate, is in a sound (Goertzel). */
function powerAt(samples: Float64Array, frequency: number): number {
  const factor = 2 * Math.cos(2 * Math.PI * frequency);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    const next = sample + factor * last - before;
    before = last;
    last = next;
  }
  return before * before + last * last - factor * before * last;
}
