//! PNG, row by row. What is interlaced is whole only at its end, and held until then.

use std::fs::File;
use std::io::BufReader;

use png::{ColorType, DecodeOptions, Decoder, DecodingError, Limits, Reader, Transformations};

use crate::canvas::{Canvas, Head};
use crate::colour::Samples;
use crate::orientation::Orientation;
use crate::refusal::Refusal;
use crate::source::Still;

/// What the decoder may allocate for rows and for what stands beside the pixels, such as the profile.
const MOST_MEMORY: usize = 8 * 1024 * 1024;

pub(crate) fn read(file: File) -> Result<Still, Refusal> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    let mut decoder = Decoder::new_with_options(BufReader::new(file), options);
    decoder.set_limits(Limits { bytes: MOST_MEMORY });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(refusal)?;

    let head = head(&reader)?;
    let row = head.width as usize * head.samples.count();
    let is_interlaced = reader.info().interlaced;
    let held = head.pixels() * head.samples.count() as u64;
    head.check(is_interlaced.then_some(held))?;
    let mut canvas = Canvas::new(&head);
    if is_interlaced {
        let mut pixels = vec![0; row * head.height as usize];
        reader.next_frame(&mut pixels).map_err(refusal)?;
        pixels.chunks_exact(row).for_each(|row| canvas.push(row));
    } else {
        for _ in 0..head.height {
            let row = reader.next_row().map_err(refusal)?.ok_or(Refusal::Unreadable)?;
            canvas.push(row.data());
        }
    }
    // What is missing after the last row tells that the file was cut off.
    reader.finish().map_err(refusal)?;
    Ok(Still { raster: canvas.finish()?, is_lossless: true })
}

fn head(reader: &Reader<BufReader<File>>) -> Result<Head, Refusal> {
    let info = reader.info();
    let samples = match reader.output_color_type().0 {
        ColorType::Grayscale => Samples::Grey,
        ColorType::GrayscaleAlpha => Samples::GreyAlpha,
        ColorType::Rgb => Samples::Rgb,
        ColorType::Rgba => Samples::Rgba,
        ColorType::Indexed => return Err(Refusal::Unreadable),
    };
    Ok(Head {
        width: info.width,
        height: info.height,
        samples,
        profile: info.icc_profile.as_ref().map(|profile| profile.to_vec()),
        orientation: Orientation::of(info.exif_metadata.as_deref()),
    })
}

fn refusal(error: DecodingError) -> Refusal {
    match error {
        DecodingError::IoError(error) => Refusal::reading(error),
        DecodingError::LimitsExceeded => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}
