//! How a picture must be turned to stand upright, as EXIF says it, and where its pixels then are.

use otf_pixels_core::Orientation as Exif;

/// One of the eight.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Orientation(Exif);

/// Where a row of the lying picture is in the standing one: its first pixel, and how far it is to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) step: isize,
}

impl Orientation {
    /// That of a block of EXIF; upright where it says nothing that makes sense.
    pub(crate) fn of(exif: Option<&[u8]>) -> Self {
        Self(exif.and_then(Exif::from_exif_block).unwrap_or_default())
    }

    /// The size of the standing picture.
    pub(crate) fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.0.transposes() { (height, width) } else { (width, height) }
    }

    /// Where row `y` of a lying picture of this size is.
    pub(crate) fn line(self, y: usize, width: usize, height: usize) -> Line {
        // As wide as the standing picture where it is turned by a quarter.
        let down = height as isize;
        let (start, step) = match self.0.exif() {
            2 => (y * width + width - 1, -1),
            3 => ((height - 1 - y) * width + width - 1, -1),
            4 => ((height - 1 - y) * width, 1),
            5 => (y, down),
            6 => (height - 1 - y, down),
            7 => ((width - 1) * height + height - 1 - y, -down),
            8 => ((width - 1) * height + y, -down),
            _ => (y * width, 1),
        };
        Line { start, step }
    }
}
