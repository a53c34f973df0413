//! Encodes a picture as JPEG or PNG.
//!
//! What is seen through is PNG. Else, what was kept with loss (a photograph) is JPEG; what was kept without
//! (a drawing, a picture of a screen) is PNG, so that letters and lines stay sharp, unless that has more than
//! three times the bytes: then it is a photograph that somebody kept as PNG, and JPEG does it no harm.

mod jpeg;
mod png;

use crate::output::{Mime, Version, Written};
use crate::raster::Raster;
use crate::refusal::Refusal;

/// How many times the bytes of the JPEG a PNG may have.
const MOST_TIMES: u64 = 3;

/// Writes a picture without alpha as JPEG.
pub(crate) fn write_jpeg(
    raster: &Raster,
    is_lossless: bool,
    written: &mut Written,
) -> Result<Version, Refusal> {
    let jpeg = jpeg::encode(raster, is_lossless)?;
    let bytes = written.put(|to| Ok(to.write_all(&jpeg)?))?;
    Ok(Version { bytes, width: raster.width(), height: raster.height(), mime: Mime::Jpeg })
}

/// Writes a picture in the way that suits it.
pub(crate) fn write(
    raster: &Raster,
    is_lossless: bool,
    written: &mut Written,
) -> Result<Version, Refusal> {
    let (bytes, mime) = if raster.has_alpha() {
        (written.put(|to| png::write(raster, to))?, Mime::Png)
    } else {
        let jpeg = jpeg::encode(raster, is_lossless)?;
        let most = if is_lossless { MOST_TIMES * jpeg.len() as u64 } else { 0 };
        match written.put_at_most(most, |to| png::write(raster, to))? {
            Some(bytes) => (bytes, Mime::Png),
            None => (written.put(|to| Ok(to.write_all(&jpeg)?))?, Mime::Jpeg),
        }
    };
    Ok(Version { bytes, width: raster.width(), height: raster.height(), mime })
}
