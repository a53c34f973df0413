//! What was read of a file.

use crate::output::Version;
use crate::raster::Raster;

/// What was read of a file.
#[derive(Debug)]
pub(crate) enum Source {
    Still(Still),
    /// It was written already, as it moves; the still is its first frame.
    Animated(Version, Still),
}

/// One picture, at most as large as what is written.
#[derive(Debug)]
pub(crate) struct Still {
    pub(crate) raster: Raster,
    /// Whether the file kept every pixel as it was, as pictures of screens and drawings are kept.
    pub(crate) is_lossless: bool,
}
