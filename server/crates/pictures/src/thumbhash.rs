//! A picture in some thirty bytes, to be shown until it is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::raster::Raster;
use crate::shrink::fitted;

/// The longest side that it is made of.
const SIDE: u32 = 100;

/// The thumbhash of a picture, in base64.
pub(crate) fn of(raster: &Raster) -> String {
    let (width, height) = fitted(raster.width(), raster.height(), SIDE);
    let small = raster.shrunk((width, height));
    let rgba: Vec<u8> = small
        .pixels()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(u8::MAX)])
        .collect();
    STANDARD.encode(thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &rgba))
}
