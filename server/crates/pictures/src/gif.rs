//! GIF. What moves is written anew frame by frame, with the frames' own palettes, times and places, and
//! nothing else of the file.

use std::fs::File;
use std::io::{BufReader, Seek as _, Write};

use gif::{DecodeOptions, Decoder, DecodingError, Encoder, EncodingError, Frame};

use crate::bounds::{Frames, check_animated_size};
use crate::canvas::{Canvas, Head};
use crate::colour::Samples;
use crate::orientation::Orientation;
use crate::output::{Mime, Version, Written};
use crate::raster::Raster;
use crate::refusal::Refusal;
use crate::source::{Source, Still};

pub(crate) fn read(mut file: File, written: &mut Written) -> Result<Source, Refusal> {
    let survey = Survey::of(file.try_clone()?)?;
    file.rewind()?;
    let mut decoder = open(file, DecodeOptions::new())?;
    let head = Head {
        width: decoder.width().into(),
        height: decoder.height().into(),
        samples: Samples::Rgba,
        profile: None,
        orientation: Orientation::default(),
    };
    head.check([survey.largest])?;

    let first = decoder.read_next_frame().map_err(refusal)?.ok_or(Refusal::Unreadable)?.clone();
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let still = Still { raster: shown(&head, &first, &palette)?, is_lossless: true };
    if survey.frames.count() == 1 {
        return Ok(Source::Still(still));
    }
    check_animated_size(head.width, head.height)?;
    let bytes = written.put(|to| write(first, &palette, &mut decoder, to))?;
    let (width, height) = (head.width, head.height);
    Ok(Source::Animated(Version { bytes, width, height, mime: Mime::Gif }, still))
}

fn write(
    first: Frame<'static>,
    palette: &[u8],
    decoder: &mut Decoder<BufReader<File>>,
    to: &mut (dyn Write + Send),
) -> Result<(), Refusal> {
    let (width, height) = (decoder.width(), decoder.height());
    let mut encoder = Encoder::new(to, width, height, palette).map_err(failure)?;
    encoder.set_repeat(decoder.repeat()).map_err(failure)?;
    let mut next = Some(first);
    while let Some(mut frame) = next {
        // Its rows were put in order.
        frame.interlaced = false;
        frame.needs_user_input = false;
        encoder.write_frame(&frame).map_err(failure)?;
        drop(frame);
        next = decoder.read_next_frame().map_err(refusal)?.cloned();
    }
    Ok(())
}

/// What is known before anything is decoded.
#[derive(Default)]
struct Survey {
    frames: Frames,
    /// The bytes of the largest frame.
    largest: u64,
}

impl Survey {
    fn of(file: File) -> Result<Self, Refusal> {
        let mut options = DecodeOptions::new();
        options.skip_frame_decoding(true);
        let mut decoder = open(file, options)?;
        let mut survey = Self::default();
        while let Some(frame) = decoder.next_frame_info().map_err(refusal)? {
            let (width, height) = (u32::from(frame.width), u32::from(frame.height));
            survey.frames.add(width, height)?;
            survey.largest = survey.largest.max(u64::from(width) * u64::from(height));
        }
        Ok(survey)
    }
}

fn open(file: File, mut options: DecodeOptions) -> Result<Decoder<BufReader<File>>, Refusal> {
    options.allow_unknown_blocks(true);
    options.read_info(BufReader::new(file)).map_err(refusal)
}

/// The first frame where it stands; what it does not cover is seen through.
fn shown(head: &Head, frame: &Frame<'_>, palette: &[u8]) -> Result<Raster, Refusal> {
    let palette = frame.palette.as_deref().unwrap_or(palette);
    let colour = |index: u8| {
        let rgb = palette.get(usize::from(index) * 3..usize::from(index) * 3 + 3);
        match rgb {
            _ if frame.transparent == Some(index) => [0; 4],
            Some(rgb) => [rgb[0], rgb[1], rgb[2], u8::MAX],
            None => [0, 0, 0, u8::MAX],
        }
    };
    let (width, left) = (head.width as usize, usize::from(frame.left).min(head.width as usize));
    let (top, covered) = (u32::from(frame.top), usize::from(frame.width).min(width - left));
    let mut rows = frame.buffer.chunks_exact(usize::from(frame.width).max(1));
    let mut canvas = Canvas::new(head);
    let mut row = vec![[0; 4]; width];
    for y in 0..head.height {
        row.fill([0; 4]);
        if let Some(indices) = (y >= top).then(|| rows.next()).flatten() {
            for (pixel, index) in row[left..left + covered].iter_mut().zip(indices) {
                *pixel = colour(*index);
            }
        }
        canvas.push(row.as_flattened());
    }
    canvas.finish()
}

fn refusal(error: DecodingError) -> Refusal {
    match error {
        DecodingError::Io(error) => Refusal::reading(error),
        DecodingError::OutOfMemory | DecodingError::MemoryLimit => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}

/// What cannot be written as it was read, such as a frame without any palette, is broken.
fn failure(error: EncodingError) -> Refusal {
    match error {
        EncodingError::Io(error) => Refusal::Io(error),
        _ => Refusal::Unreadable,
    }
}
