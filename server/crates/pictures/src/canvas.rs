//! Where the rows of a picture become the picture that is written: made small, converted, put upright.

use crate::bounds::{FULL_SIDE, check_memory, check_size};
use crate::colour::{Colour, Samples};
use crate::orientation::Orientation;
use crate::raster::Raster;
use crate::refusal::Refusal;
use crate::shrink::{Shrinker, fitted};

/// What the head of a file says.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) samples: Samples,
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) orientation: Orientation,
}

/// Takes the rows of a picture from the top.
pub(crate) struct Canvas {
    shrinker: Shrinker,
    colour: Colour,
    orientation: Orientation,
    /// As it lies.
    size: (usize, usize),
    /// How many rows of it are there.
    rows: usize,
    raster: Raster,
}

impl Head {
    /// Whether the picture is taken, and what its decoder holds fits beside what becomes of it.
    pub(crate) fn check(&self, held: impl IntoIterator<Item = u64>) -> Result<(), Refusal> {
        check_size(self.width, self.height)?;
        let (width, height) = fitted(self.width, self.height, FULL_SIDE);
        let raster = u64::from(width) * u64::from(height) * self.samples.final_count() as u64;
        check_memory(held.into_iter().chain([raster]))
    }

    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl Canvas {
    /// Of a picture that was checked.
    pub(crate) fn new(head: &Head) -> Self {
        let source = (head.width, head.height);
        let target = fitted(head.width, head.height, FULL_SIDE);
        let (width, height) = head.orientation.size(target.0, target.1);
        let (samples, has_alpha) = (head.samples.count(), head.samples.has_alpha());
        Self {
            shrinker: Shrinker::new(source, target, samples, has_alpha),
            colour: Colour::new(head.samples, head.profile.as_deref()),
            orientation: head.orientation,
            size: (target.0 as usize, target.1 as usize),
            rows: 0,
            raster: Raster::new(width, height, head.samples.final_count()),
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let Self { shrinker, colour, orientation, size, rows, raster } = self;
        shrinker.push(row, |row| {
            let line = orientation.line(*rows, size.0, size.1);
            raster.put(line.start, line.step, colour.convert(row));
            *rows += 1;
        });
    }

    /// The picture, once all rows were taken.
    pub(crate) fn finish(self) -> Result<Raster, Refusal> {
        if self.rows < self.size.1 {
            return Err(Refusal::Unreadable);
        }
        Ok(self.raster.without_idle_alpha())
    }
}
