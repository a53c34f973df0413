//! The small square of a picture that stands beside somebody's name.

use crate::encode;
use crate::output::{Version, Written};
use crate::refusal::Refusal;
use crate::source::{Source, Still};

/// Its side, in pixels: sharp at twice the largest size that it is shown in.
const SIDE: u32 = 320;

pub(crate) fn write(source: Source, written: &mut Written) -> Result<Version, Refusal> {
    // What moves is shown as its first frame.
    let (Source::Still(still) | Source::Animated(_, still)) = source;
    let Still { raster, is_lossless } = still;
    let middle = raster.middle();
    drop(raster);
    let side = middle.width().min(SIDE);
    let small = middle.shrunk((side, side)).on_white();
    encode::write_jpeg(&small, is_lossless, written)
}
