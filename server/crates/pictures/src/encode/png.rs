//! PNG of what has sharp edges, or alpha.

use std::collections::HashMap;
use std::io::{self, Write};

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use crate::raster::Raster;
use crate::refusal::Refusal;

/// The most colours of a palette.
const MOST_COLOURS: usize = 256;

/// Writes a picture as PNG; with a palette, which takes a third and less, where it has few colours.
pub(crate) fn write(raster: &Raster, to: &mut (dyn Write + Send)) -> Result<(), Refusal> {
    let mut encoder = Encoder::new(to, raster.width(), raster.height());
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let palette = Palette::of(raster);
    if let Some(palette) = &palette {
        encoder.set_color(ColorType::Indexed);
        encoder.set_filter(Filter::NoFilter);
        let colours = &palette.colours;
        let rgb: Vec<u8> = colours.iter().flat_map(|[rgb @ .., _]| *rgb).collect();
        encoder.set_palette(rgb);
        if raster.has_alpha() {
            encoder.set_trns(colours.iter().map(|[.., alpha]| *alpha).collect::<Vec<_>>());
        }
    } else {
        let rgb = if raster.has_alpha() { ColorType::Rgba } else { ColorType::Rgb };
        encoder.set_color(rgb);
        encoder.set_filter(Filter::Adaptive);
    }

    let mut writer = encoder.write_header().map_err(refusal)?;
    let mut stream = writer.stream_writer().map_err(refusal)?;
    for row in raster.rows() {
        match &palette {
            Some(palette) => stream.write_all(&palette.indices(row, raster.channels()))?,
            None => stream.write_all(row)?,
        }
    }
    stream.finish().map_err(refusal)?;
    writer.finish().map_err(refusal)
}

fn refusal(error: EncodingError) -> Refusal {
    match error {
        EncodingError::IoError(error) => Refusal::Io(error),
        error => Refusal::Io(io::Error::other(error)),
    }
}

/// The colours of a picture.
struct Palette {
    colours: Vec<[u8; 4]>,
    indices: HashMap<[u8; 4], u8>,
}

impl Palette {
    /// Nothing if there are too many.
    fn of(raster: &Raster) -> Option<Self> {
        let mut palette = Self { colours: Vec::new(), indices: HashMap::new() };
        let mut last = None;
        for pixel in raster.pixels().map(colour) {
            if last == Some(pixel) || palette.indices.contains_key(&pixel) {
                last = Some(pixel);
                continue;
            }
            if palette.colours.len() == MOST_COLOURS {
                return None;
            }
            palette.indices.insert(pixel, palette.colours.len() as u8);
            palette.colours.push(pixel);
        }
        Some(palette)
    }

    fn indices(&self, row: &[u8], channels: usize) -> Vec<u8> {
        row.chunks_exact(channels).map(|pixel| self.indices[&colour(pixel)]).collect()
    }
}

fn colour(pixel: &[u8]) -> [u8; 4] {
    [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(u8::MAX)]
}
