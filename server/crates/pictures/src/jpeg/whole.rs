//! JPEG of inks (CMYK), held as a whole.

use std::fs::File;
use std::io::BufReader;

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::canvas::{Canvas, Head};
use crate::colour::Samples;
use crate::orientation::Orientation;
use crate::refusal::Refusal;
use crate::source::Still;

pub(super) fn read(file: File) -> Result<Still, Refusal> {
    let options = DecoderOptions::default().set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(BufReader::new(file), options);
    decoder.decode_headers().map_err(refusal)?;
    let info = decoder.info().ok_or(Refusal::Unreadable)?;
    let colours = decoder.input_colorspace().ok_or(Refusal::Unreadable)?;
    if !matches!(colours, ColorSpace::CMYK | ColorSpace::YCCK) {
        return Err(Refusal::Unreadable);
    }
    // As they are in the file: the decoder knows no profile.
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let samples = Samples::Cmyk;
    let head = Head {
        width: info.width.into(),
        height: info.height.into(),
        samples,
        profile: decoder.icc_profile(),
        orientation: Orientation::of(decoder.exif().map(Vec::as_slice)),
    };
    let given = head.pixels() * samples.count() as u64;
    // Where it is progressive, also as coefficients, of two bytes each.
    let coefficients = if info.sof.is_sequential_dct() { 0 } else { 2 * given };
    head.check([given, coefficients])?;
    let mut pixels = decoder.decode().map_err(refusal)?;

    let mut canvas = Canvas::new(&head);
    for row in pixels.chunks_exact_mut(head.width as usize * samples.count()) {
        match colours {
            ColorSpace::YCCK => row.as_chunks_mut().0.iter_mut().for_each(to_inks),
            _ => row.iter_mut().for_each(|ink| *ink = 255 - *ink),
        }
        canvas.push(row);
    }
    Ok(Still { raster: canvas.finish()?, is_lossless: false })
}

/// Inks are kept the other way round, as Photoshop began it and everybody does: 255 is none. Three of them
/// may be kept as if they were colours, in luma and chroma (ITU-R BT.601); these are not turned round.
fn to_inks(pixel: &mut [u8; 4]) {
    let [luma, blue, red, black] = pixel.map(f32::from);
    let (blue, red) = (blue - 128.0, red - 128.0);
    let cyan = luma + 1.402 * red;
    let magenta = luma - 0.344_14 * blue - 0.714_14 * red;
    let yellow = luma + 1.772 * blue;
    // `as` saturates.
    *pixel = [cyan, magenta, yellow, 255.0 - black].map(|ink| ink.round() as u8);
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn refusal(error: DecodeErrors) -> Refusal {
    match error {
        DecodeErrors::LargeDimensions(_) => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}
