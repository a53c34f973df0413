//! How loud a recording is when, as few small numbers.

/// So many parts are told of.
const PARTS: usize = 64;
/// The highest number.
const HIGHEST: f32 = 31.0;
/// What is less than this is silence.
const SILENCE: u16 = 33;
/// The loudest of each such part of a second is remembered, until the whole length is known.
const PER_SECOND: u32 = 50;

/// Takes samples as they come.
pub(super) struct Waveform {
    each: u32,
    left: u32,
    loudest: u16,
    peaks: Vec<u16>,
}

impl Waveform {
    pub(super) fn new(rate: u32) -> Self {
        let each = (rate / PER_SECOND).max(1);
        Self { each, left: each, loudest: 0, peaks: Vec::new() }
    }

    pub(super) fn push(&mut self, sample: i16) {
        self.loudest = self.loudest.max(sample.unsigned_abs());
        self.left -= 1;
        if self.left == 0 {
            self.peaks.push(std::mem::take(&mut self.loudest));
            self.left = self.each;
        }
    }

    /// The loudest in each part, from 0 to 31, which is the loudest of all.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.left < self.each || self.peaks.is_empty() {
            self.peaks.push(self.loudest);
        }
        let peaks = &self.peaks;
        let loudest = peaks.iter().copied().max().unwrap_or(0);
        if loudest < SILENCE {
            return vec![0; PARTS];
        }
        let part = |at: usize| {
            let start = at * peaks.len() / PARTS;
            // A short recording has fewer peaks than parts: some stand for two of them.
            let end = ((at + 1) * peaks.len() / PARTS).max(start + 1);
            let peak = peaks[start..end].iter().copied().max().unwrap_or(0);
            // Ears hear a tenth of the pressure as half as loud: the root is near enough.
            (HIGHEST * (f32::from(peak) / f32::from(loudest)).sqrt()).round() as u8
        };
        (0..PARTS).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(samples: impl IntoIterator<Item = i16>) -> Vec<u8> {
        let mut waveform = Waveform::new(24_000);
        samples.into_iter().for_each(|sample| waveform.push(sample));
        waveform.finish()
    }

    #[test]
    fn the_loudest_part_is_the_highest_and_silence_is_nothing() {
        let (loud, quiet) = (|at: i16| if at % 2 == 0 { 8_000 } else { -8_000 }, |_| 80);
        let halves = (0..24_000).map(quiet).chain((0..24_000).map(loud));
        let waveform = of(halves);
        assert_eq!(waveform.len(), PARTS);
        assert!(waveform[..31].iter().all(|part| *part == 3), "{waveform:?}");
        assert!(waveform[33..].iter().all(|part| *part == 31), "{waveform:?}");
        assert_eq!(of((0..24_000).map(|at| (at % 20) as i16)), vec![0; PARTS]);
        assert_eq!(of([]), vec![0; PARTS]);
    }

    #[test]
    fn the_shortest_has_all_parts_and_the_last_samples_count() {
        assert_eq!(of([100]), vec![31; PARTS]);
        let mut last = vec![0; 480 * 64];
        last.push(i16::MIN);
        assert_eq!(of(last).last(), Some(&31));
    }
}
