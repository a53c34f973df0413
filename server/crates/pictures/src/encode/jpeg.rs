//! JPEG of photographs.

use otf_pixels_codec_jpeg::{JpegEncoder, Subsampling};
use otf_pixels_core::{Encoder as _, ImageDescriptor, PixelFormat, PixelsError};

use crate::raster::Raster;
use crate::refusal::Refusal;

const QUALITY: u8 = 85;

/// A picture as JPEG. In what was kept without loss, colours keep their edges too.
pub(crate) fn encode(raster: &Raster, keeps_edges: bool) -> Result<Vec<u8>, Refusal> {
    let subsampling = if keeps_edges { Subsampling::None } else { Subsampling::Both };
    let mut encoder =
        JpegEncoder::with_quality(QUALITY).map_err(refusal)?.with_subsampling(subsampling);
    let (width, height) = (raster.width(), raster.height());
    let shape = ImageDescriptor::new(width, height, PixelFormat::Rgb8).map_err(refusal)?;
    let mut jpeg = Vec::new();
    encoder.write_header(&shape, &mut jpeg).map_err(refusal)?;
    for row in raster.rows() {
        encoder.write_row(row, &mut jpeg).map_err(refusal)?;
    }
    encoder.finish(&mut jpeg).map_err(refusal)?;
    Ok(jpeg)
}

fn refusal(error: PixelsError) -> Refusal {
    Refusal::Io(std::io::Error::other(error))
}
