//! JPEG, row by row: also the largest photograph takes no more than its tables.
//!
//! What has its scans in pieces (progressive) is held as coefficients until all are there, and read at half
//! its size where it would not fit otherwise. Inks, which this decoder does not read, go through another.

mod whole;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};

use otf_pixels_codec_jpeg::JpegDecoder;
use otf_pixels_core::{Decoder as _, Limits, PixelFormat, PixelsError};

use crate::bounds::check_size;
use crate::canvas::{Canvas, Head};
use crate::colour::Samples;
use crate::orientation::Orientation;
use crate::refusal::Refusal;
use crate::source::Still;

/// The pixels of all scans of a progressive picture, each of which goes over the whole: thirty scans of the
/// largest that fits; programs write ten or so.
const MOST_SCANNED: u64 = 400_000_000;
/// Among compressed pixels there is none that means something else.
const START_OF_SCAN: [u8; 2] = [0xff, 0xda];

pub(crate) fn read(mut file: File) -> Result<Still, Refusal> {
    let scans = scans(&file)?;
    file.rewind()?;
    let source = ToTheEnd(BufReader::new(file.try_clone()?));
    // Sizes are checked below, before anything as large as the picture is allocated.
    let decoder = match JpegDecoder::new(source, Limits::unlimited()) {
        Ok(decoder) => decoder,
        Err(PixelsError::Unsupported { .. }) => {
            file.rewind()?;
            return whole::read(file);
        }
        Err(error) => return Err(refusal(error)),
    };
    let shape = decoder.descriptor();
    let scanned = u64::from(shape.width) * u64::from(shape.height) * scans;
    if decoder.is_progressive() && scanned > MOST_SCANNED {
        return Err(Refusal::TooMuch);
    }
    rows(decoder)
}

type Rows = JpegDecoder<ToTheEnd<BufReader<File>>>;

fn rows(mut decoder: Rows) -> Result<Still, Refusal> {
    let coefficients = coefficients(&decoder);
    let mut head = head(&decoder);
    if head.check(coefficients.clone()).is_err() && decoder.is_progressive() {
        let half = (head.width.div_ceil(2), head.height.div_ceil(2));
        if let Some(half) = decoder.reduced_descriptor(half) {
            check_size(head.width, head.height)?;
            decoder.reduce_to(half).map_err(refusal)?;
            (head.width, head.height) = (half.width, half.height);
        }
    }
    head.check(coefficients)?;
    let mut canvas = Canvas::new(&head);
    let mut row = vec![0; decoder.descriptor().row_bytes()];
    for _ in 0..head.height {
        decoder.read_row(&mut row).map_err(refusal)?;
        canvas.push(&row);
    }
    Ok(Still { raster: canvas.finish()?, is_lossless: false })
}

fn head(decoder: &Rows) -> Head {
    let shape = decoder.descriptor();
    Head {
        width: shape.width,
        height: shape.height,
        samples: if shape.pixel == PixelFormat::Gray8 { Samples::Grey } else { Samples::Rgb },
        profile: decoder.icc_profile().map(<[u8]>::to_vec),
        orientation: Orientation::of(decoder.exif()),
    }
}

/// How many scans begin in a file. Thumbnails in its metadata have some too, which does not matter.
fn scans(file: &File) -> Result<u64, Refusal> {
    let (mut reader, mut scans, mut last) = (BufReader::new(file), 0, 0);
    loop {
        let bytes = reader.fill_buf()?;
        let Some(end) = bytes.last() else { return Ok(scans) };
        scans += u64::from([last, bytes[0]] == START_OF_SCAN);
        scans += bytes.windows(2).filter(|marker| **marker == START_OF_SCAN).count() as u64;
        last = *end;
        let read = bytes.len();
        reader.consume(read);
    }
}

/// The bytes that are held of each component until all scans are there: two for each sample, in whole blocks.
fn coefficients(decoder: &Rows) -> Vec<u64> {
    if !decoder.is_progressive() {
        return Vec::new();
    }
    let shape = decoder.descriptor();
    let blocks = |side: u32| u64::from(side).next_multiple_of(32);
    let most = 2 * blocks(shape.width) * blocks(shape.height);
    let chroma = match decoder.source_info().chroma_subsampling {
        Some("4:2:0" | "4:1:1") => most / 4,
        Some("4:1:0") => most / 8,
        Some("4:2:2" | "4:4:0") => most / 2,
        _ => most,
    };
    if shape.pixel == PixelFormat::Gray8 { vec![most] } else { vec![most, chroma, chroma] }
}

fn refusal(error: PixelsError) -> Refusal {
    match error {
        PixelsError::Io { source, .. } => Refusal::reading(source),
        PixelsError::LimitExceeded { .. } => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}

/// A file that must not end before its decoder is done: what is missing is not made up.
#[derive(Debug)]
struct ToTheEnd<R>(R);

impl<R: Read> Read for ToTheEnd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}
