//! WebP. What moves keeps its compressed frames, since nothing in Rust encodes them; all else of the file
//! is left out, and each frame is decoded from what is written, so that it is proven.

mod container;

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};

use image_webp::{DecodingError, WebPDecoder};

use self::container::Container;
use crate::bounds::{check_animated_size, check_memory};
use crate::canvas::{Canvas, Head};
use crate::colour::Samples;
use crate::orientation::Orientation;
use crate::output::{Mime, Version, Written};
use crate::raster::Raster;
use crate::refusal::Refusal;
use crate::source::{Source, Still};

pub(crate) fn read(mut file: File, written: &mut Written) -> Result<Source, Refusal> {
    let container = Container::survey(&mut BufReader::new(&file))?;
    file.rewind()?;
    if container.frames() < 2 {
        return still(file).map(Source::Still);
    }
    let bytes = container.write(&mut BufReader::new(file))?;
    animated(&bytes, container.frames(), written)
}

fn still(file: File) -> Result<Still, Refusal> {
    let mut decoder = WebPDecoder::new(BufReader::new(file)).map_err(refusal)?;
    let head = head(&mut decoder)?;
    let pixels = head.pixels();
    let is_lossless = !decoder.is_lossy();
    // What is given, and what the decoder makes it of: planes, or a second picture with alpha. Alpha beside
    // planes is decoded like a picture of its own.
    let given = pixels * head.samples.count() as u64;
    let (planes, alpha) = ([pixels, pixels / 4, pixels / 4], [pixels * 4, pixels]);
    match (is_lossless, decoder.has_alpha()) {
        (true, true) => check_memory([given])?,
        (true, false) => check_memory([given, pixels * 4])?,
        (false, false) => check_memory([given].into_iter().chain(planes))?,
        (false, true) => check_memory([given].into_iter().chain(planes).chain(alpha))?,
    }
    head.check([given])?;
    let mut samples = vec![0; given as usize];
    decoder.read_image(&mut samples).map_err(refusal)?;
    drop(decoder);
    Ok(Still { raster: painted(&head, &samples)?, is_lossless })
}

fn animated(bytes: &[u8], frames: u64, written: &mut Written) -> Result<Source, Refusal> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    // As browsers show it, whatever the file would like.
    decoder.set_background_color([0; 4]).map_err(refusal)?;
    let head = head(&mut decoder)?;
    check_animated_size(head.width, head.height)?;
    let pixels = head.pixels();
    let given = pixels * head.samples.count() as u64;
    // The file; what is given; the picture so far, and the frame, which is made as a still is.
    let held = [bytes.len() as u64, given, pixels * 4, pixels * 4, pixels * 4, pixels * 3];
    head.check(held)?;
    if u64::from(decoder.num_frames()) != frames {
        return Err(Refusal::Unreadable);
    }
    let mut samples = vec![0; given as usize];
    decoder.read_frame(&mut samples).map_err(refusal)?;
    let still = Still { raster: painted(&head, &samples)?, is_lossless: !decoder.is_lossy() };
    for _ in 1..frames {
        decoder.read_frame(&mut samples).map_err(refusal)?;
    }
    let bytes = written.put(|to| Ok(to.write_all(bytes)?))?;
    let (width, height) = (head.width, head.height);
    Ok(Source::Animated(Version { bytes, width, height, mime: Mime::WebP }, still))
}

fn head<R: BufRead + Seek>(decoder: &mut WebPDecoder<R>) -> Result<Head, Refusal> {
    let (width, height) = decoder.dimensions();
    let exif = decoder.exif_metadata().map_err(refusal)?;
    Ok(Head {
        width,
        height,
        samples: if decoder.has_alpha() { Samples::Rgba } else { Samples::Rgb },
        profile: decoder.icc_profile().map_err(refusal)?,
        orientation: Orientation::of(exif.as_deref()),
    })
}

fn painted(head: &Head, samples: &[u8]) -> Result<Raster, Refusal> {
    let mut canvas = Canvas::new(head);
    let row = head.width as usize * head.samples.count();
    samples.chunks_exact(row).for_each(|row| canvas.push(row));
    canvas.finish()
}

fn refusal(error: DecodingError) -> Refusal {
    match error {
        DecodingError::IoError(error) => Refusal::reading(error),
        DecodingError::ImageTooLarge | DecodingError::MemoryLimitExceeded => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}
