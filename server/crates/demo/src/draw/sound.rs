//! A voice that says nothing: syllables, words and breaths, as a WAV file.

use std::f32::consts::TAU;

use crate::random::Random;

const RATE: u16 = 16_000;

/// So many seconds of it.
pub(crate) fn voice(seconds: u8, random: &mut Random) -> Vec<u8> {
    let length = usize::from(RATE) * usize::from(seconds);
    let mut samples = vec![0.0_f32; length];
    let pitch = random.within(95.0, 210.0);
    // Vowels: where the mouth makes the voice loudest.
    let vowels =
        [(730.0, 1_090.0), (270.0, 2_290.0), (300.0, 870.0), (530.0, 1_840.0), (570.0, 840.0)];
    let mut at = usize::from(RATE) / 6;
    while at + usize::from(RATE) / 3 < length {
        let syllables = random.between(1, 5);
        for _ in 0..syllables {
            let lasts = random.within(0.11, 0.24);
            let tone = pitch * random.within(0.85, 1.2);
            add_syllable(
                &mut samples,
                at,
                lasts,
                tone,
                random.pick(&vowels),
                random.within(0.4, 1.0),
            );
            at += samples_in(lasts * random.within(0.8, 1.05));
        }
        // Between words, and now and then for a breath.
        at += samples_in(if random.chance(0.2) { 0.45 } else { random.within(0.03, 0.12) });
    }
    let loudest = samples.iter().fold(0.01_f32, |most, sample| most.max(sample.abs()));
    wav(samples.iter().map(|sample| sample / loudest * 0.7))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "less than a second, and no less than none"
)]
fn samples_in(seconds: f32) -> usize {
    (seconds * f32::from(RATE)) as usize
}

#[allow(clippy::cast_precision_loss, reason = "less than a second")]
fn add_syllable(
    samples: &mut [f32],
    at: usize,
    lasts: f32,
    tone: f32,
    vowel: (f32, f32),
    loud: f32,
) {
    let length = samples_in(lasts);
    for (step, sample) in samples.iter_mut().skip(at).take(length).enumerate() {
        let part = step as f32 / length as f32;
        let time = step as f32 / f32::from(RATE);
        let swell = (part * std::f32::consts::PI).sin().powf(0.6);
        let mut voice = 0.0;
        for overtone in 1..16_u8 {
            let frequency = tone * f32::from(overtone) * (1.0 - 0.06 * part);
            let near = |peak: f32, wide: f32| (-((frequency - peak) / wide).powi(2)).exp();
            let strength = near(vowel.0, 160.0) + 0.6 * near(vowel.1, 240.0) + 0.08;
            voice += strength / f32::from(overtone).sqrt() * (TAU * frequency * time).sin();
        }
        *sample += voice * swell * loud;
    }
}

fn wav(samples: impl ExactSizeIterator<Item = f32>) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(0);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // Plain samples, of one channel.
    file.extend([1_u16, 1].into_iter().flat_map(u16::to_le_bytes));
    file.extend([u32::from(RATE), u32::from(RATE) * 2].into_iter().flat_map(u32::to_le_bytes));
    file.extend([2_u16, 16].into_iter().flat_map(u16::to_le_bytes));
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    #[allow(clippy::cast_possible_truncation, reason = "it is from -1 to 1")]
    file.extend(samples.flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()));
    file
}
