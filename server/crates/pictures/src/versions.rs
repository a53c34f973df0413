//! The versions of a picture that are written.

use serde::{Deserialize, Serialize};

use crate::encode;
use crate::output::{Version, Written};
use crate::refusal::Refusal;
use crate::shrink::fitted;
use crate::source::{Source, Still};
use crate::thumbhash;

/// The longest sides of what is shown in a room: a phone's width and a card on a desk, each also on screens
/// with two and three dots to a pixel.
const SIDES: [u32; 3] = [320, 640, 1_280];

/// What became of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remade {
    /// The largest, which moves if the picture did.
    pub full: Version,
    /// Smaller ones, from the smallest on, which never move. One that moves has one at least.
    pub stills: Vec<Version>,
    /// A blurred impression of some thirty bytes (<https://evanw.github.io/thumbhash/>), in base64.
    pub thumbhash: String,
    /// Whether it moves.
    pub animated: bool,
}

pub(crate) fn write(source: Source, written: &mut Written) -> Result<Remade, Refusal> {
    let (moving, Still { raster, is_lossless }) = match source {
        Source::Still(still) => (None, still),
        Source::Animated(version, still) => (Some(version), still),
    };
    let animated = moving.is_some();
    let full = match moving {
        Some(version) => version,
        None => encode::write(&raster, is_lossless, written)?,
    };
    let mut stills = Vec::new();
    for side in still_sides(raster.longest_side(), animated) {
        let small = raster.shrunk(fitted(raster.width(), raster.height(), side));
        stills.push(encode::write(&small, is_lossless, written)?);
    }
    Ok(Remade { full, stills, thumbhash: thumbhash::of(&raster), animated })
}

/// One that is hardly smaller than the full one is of no use, unless that one moves.
fn still_sides(full: u32, animated: bool) -> Vec<u32> {
    let sides = SIDES.into_iter().filter(|side| u64::from(*side) * 5 <= u64::from(full) * 4);
    let mut sides: Vec<u32> = sides.collect();
    if animated && sides.len() < SIDES.len() {
        sides.push(full.min(SIDES[sides.len()]));
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_stills_for_every_screen_and_none_for_nothing() {
        assert_eq!(still_sides(2_560, false), [320, 640, 1_280]);
        assert_eq!(still_sides(1_400, false), [320, 640]);
        assert_eq!(still_sides(330, false), [0; 0]);
        // What moves has one that does not, as large as it is or as is shown.
        assert_eq!(still_sides(200, true), [200]);
        assert_eq!(still_sides(700, true), [320, 640]);
        assert_eq!(still_sides(900, true), [320, 640, 900]);
        assert_eq!(still_sides(2_000, true), [320, 640, 1_280]);
    }
}
