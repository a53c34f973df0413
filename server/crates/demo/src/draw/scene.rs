//! Pictures that people send: places, food, drawings. Coordinates are of a sheet of 160 by 120.

mod places;
mod things;

use super::canvas::{Canvas, Paint};
use super::colour::Colour;
use crate::random::Random;

/// What can be drawn.
pub(crate) const SCENES: [&str; 14] = [
    "hills", "sea", "village", "city", "garden", "snow", "tea", "food", "cake", "cat", "chart",
    "sketch", "poster", "ground",
];

/// Draws something, as PNG; nothing where it is none of [`SCENES`].
pub(crate) fn scene(name: &str, random: &mut Random) -> Option<Vec<u8>> {
    let draw = match name {
        "hills" => places::hills,
        "sea" => places::sea,
        "village" => places::village,
        "city" => places::city,
        "garden" => places::garden,
        "snow" => places::snow,
        "tea" => things::tea,
        "food" => things::food,
        "cake" => things::cake,
        "cat" => things::cat,
        "chart" => things::chart,
        "sketch" => things::sketch,
        "poster" => things::poster,
        "ground" => things::ground,
        _ => return None,
    };
    Some(draw(random).png())
}

fn sheet(top: Colour, bottom: Colour) -> Canvas {
    Canvas::new(1_200, 900, 160.0, Paint::fading(top, bottom, 0.0, 120.0))
}

/// One that stands upright.
fn upright(top: Colour, bottom: Colour) -> Canvas {
    Canvas::new(840, 1_120, 120.0, Paint::fading(top, bottom, 0.0, 160.0))
}
