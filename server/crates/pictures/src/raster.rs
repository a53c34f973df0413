//! A picture in memory: sRGB, 8 bits a sample, upright.

use crate::shrink::Shrinker;

/// Red, green and blue; with alpha where something is seen through.
#[derive(Debug)]
pub(crate) struct Raster {
    width: u32,
    height: u32,
    channels: usize,
    samples: Vec<u8>,
}

impl Raster {
    pub(crate) fn new(width: u32, height: u32, channels: usize) -> Self {
        let samples = vec![0; width as usize * height as usize * channels];
        Self { width, height, channels, samples }
    }

    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    pub(crate) fn height(&self) -> u32 {
        self.height
    }

    /// 3 or 4.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    pub(crate) fn has_alpha(&self) -> bool {
        self.channels == 4
    }

    pub(crate) fn longest_side(&self) -> u32 {
        self.width.max(self.height)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.width as usize * self.channels)
    }

    pub(crate) fn pixels(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.channels)
    }

    /// Writes a row of pixels from a pixel on, each so many pixels from the one before.
    pub(crate) fn put(&mut self, start: usize, step: isize, row: &[u8]) {
        let channels = self.channels;
        if step == 1 {
            let start = start * channels;
            self.samples[start..start + row.len()].copy_from_slice(row);
            return;
        }
        let mut at = start;
        for pixel in row.chunks_exact(channels) {
            self.samples[at * channels..][..channels].copy_from_slice(pixel);
            at = at.wrapping_add_signed(step);
        }
    }

    /// Without alpha, where nothing is seen through.
    pub(crate) fn without_idle_alpha(mut self) -> Self {
        if self.has_alpha() && self.pixels().all(|pixel| pixel[3] == u8::MAX) {
            let pixels = self.samples.len() / 4;
            for at in 0..pixels {
                self.samples.copy_within(at * 4..at * 4 + 3, at * 3);
            }
            self.samples.truncate(pixels * 3);
            self.samples.shrink_to_fit();
            self.channels = 3;
        }
        self
    }

    /// The largest square in the middle.
    pub(crate) fn middle(&self) -> Self {
        let side = self.width.min(self.height);
        let (left, top) = ((self.width - side) / 2, (self.height - side) / 2);
        let row_of = |row: &[u8]| {
            row[left as usize * self.channels..][..side as usize * self.channels].to_vec()
        };
        let rows = self.rows().skip(top as usize).take(side as usize);
        Self {
            width: side,
            height: side,
            channels: self.channels,
            samples: rows.flat_map(row_of).collect(),
        }
    }

    /// Without alpha: what is seen through is white.
    pub(crate) fn on_white(self) -> Self {
        if !self.has_alpha() {
            return self;
        }
        let white = |pixel: &[u8]| {
            let alpha = u32::from(pixel[3]);
            let mix =
                |sample: u8| ((u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            [mix(pixel[0]), mix(pixel[1]), mix(pixel[2])]
        };
        let samples = self.pixels().flat_map(white).collect();
        Self { channels: 3, samples, ..self }
    }

    /// A smaller copy.
    pub(crate) fn shrunk(&self, target: (u32, u32)) -> Self {
        let mut small = Self::new(target.0, target.1, self.channels);
        let source = (self.width, self.height);
        let mut shrinker = Shrinker::new(source, target, self.channels, self.has_alpha());
        let mut at = 0;
        for row in self.rows() {
            shrinker.push(row, |row| {
                small.put(at, 1, row);
                at += target.0 as usize;
            });
        }
        small
    }
}
