//! Samples at one rate become samples at another, without what the lower one cannot hold.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

use crate::confined::Refusal;

/// The highest rate that is written, in samples a second: speech has little above half of it.
pub(super) const HIGHEST_RATE: u32 = 24_000;
/// So many samples are converted at a time.
const CHUNK: usize = 4_096;

/// Converts, or hands on what is at the right rate already.
pub(super) struct ToRate {
    converter: Option<Converter>,
}

struct Converter {
    fft: Fft<f32>,
    /// What waits for the rest of its chunk.
    input: Vec<f32>,
    output: Vec<f32>,
    /// What is left to be passed over of the converter's own delay.
    delay: usize,
    ratio: f64,
    received: u64,
    given: u64,
}

impl ToRate {
    /// # Errors
    /// [`Refusal::Unreadable`] for rates that cannot be converted.
    pub(super) fn new(from: u32, to: u32) -> Result<Self, Refusal> {
        if from == to {
            return Ok(Self { converter: None });
        }
        let fft = Fft::new(from as usize, to as usize, CHUNK, 1, FixedSync::Input)
            .map_err(|_| Refusal::Unreadable)?;
        let (delay, ratio) = (fft.output_delay(), fft.resample_ratio());
        let output = vec![0.0; fft.output_frames_max()];
        let (input, received, given) = (Vec::new(), 0, 0);
        let converter = Converter { fft, input, output, delay, ratio, received, given };
        Ok(Self { converter: Some(converter) })
    }

    /// Takes samples, and hands on what they are at the other rate as far as it is known.
    pub(super) fn push(
        &mut self,
        samples: &[f32],
        mut take: impl FnMut(&[f32]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Some(converter) = &mut self.converter else { return take(samples) };
        converter.received += samples.len() as u64;
        converter.input.extend_from_slice(samples);
        converter.convert(&mut take)
    }

    /// Hands on the rest: as long as what was taken, at the other rate.
    pub(super) fn finish(
        &mut self,
        mut take: impl FnMut(&[f32]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Some(converter) = &mut self.converter else { return Ok(()) };
        let whole = (converter.received as f64 * converter.ratio).round() as u64;
        while converter.given < whole {
            let missing = converter.fft.input_frames_next() - converter.input.len();
            converter.input.extend(std::iter::repeat_n(0.0, missing));
            let left = usize::try_from(whole - converter.given).unwrap_or(usize::MAX);
            converter.convert(&mut |part: &[f32]| take(&part[..part.len().min(left)]))?;
        }
        Ok(())
    }
}

impl Converter {
    fn convert(
        &mut self,
        take: &mut dyn FnMut(&[f32]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let failed = |_| Refusal::Unreadable;
        while self.input.len() >= self.fft.input_frames_next() {
            let frames = self.output.len();
            let input = InterleavedSlice::new(&self.input, 1, self.input.len())
                .map_err(|_| Refusal::Unreadable)?;
            let mut output = InterleavedSlice::new_mut(&mut self.output, 1, frames)
                .map_err(|_| Refusal::Unreadable)?;
            let none: Option<&Indexing> = None;
            let (used, made) =
                self.fft.process_into_buffer(&input, &mut output, none).map_err(failed)?;
            self.input.drain(..used);
            let passed_over = made.min(self.delay);
            self.delay -= passed_over;
            self.given += (made - passed_over) as u64;
            take(&self.output[passed_over..made])?;
        }
        Ok(())
    }
}
