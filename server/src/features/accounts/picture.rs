//! Makes a picture small, square and harmless.
//!
//! What is sent is never kept: it is decoded in a confined process, cut, turned upright and encoded
//! anew, so that nothing that hid in it (places, scripts, bombs) reaches anybody. How much memory it
//! takes is known from its head and refused there; whatever lies in its head fails on the bounds of
//! the process.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage};

use crate::confined::{self, Refusal};

/// The side of a picture, in pixels: sharp at twice the largest size that it is shown in.
const SIDE: u32 = 320;
/// The longest side of what is taken, in pixels.
const LONGEST_SIDE: u32 = 12_000;
/// What a decoded picture and the file that it comes from may take together; what decoders need
/// beside that must fit into the rest.
const MOST_MEMORY: u64 = confined::MOST_MEMORY - 12 * 1024 * 1024;
const QUALITY: u8 = 86;
/// The hidden subcommand that runs this module in a process of its own.
pub(crate) const COMMAND: &str = "shrink-picture";

/// The middle of the picture in a file as a small square JPEG, made in a process of its own.
pub(super) async fn shrink(file: File) -> Result<Vec<u8>, Refusal> {
    confined::run(COMMAND, file).await
}

/// The same, in this process.
///
/// # Errors
/// [`Refusal::Unreadable`] for what is no picture that is taken, [`Refusal::TooMuch`] for one with too
/// many pixels.
pub(crate) fn shrink_here(file: File) -> Result<Vec<u8>, Refusal> {
    let bytes = file.metadata()?.len();
    make(BufReader::new(file), bytes)
}

fn make(file: impl BufRead + Seek, bytes: u64) -> Result<Vec<u8>, Refusal> {
    let mut reader = ImageReader::new(file).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > LONGEST_SIDE || decoder.total_bytes().saturating_add(bytes) > MOST_MEMORY
    {
        return Err(Refusal::TooMuch);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let color = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| Refusal::TooMuch)?;
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels).map_err(refusal)?;

    let square = middle(&pixels, color, width, height).ok_or(Refusal::Unreadable)?;
    drop(pixels);
    let mut square = DynamicImage::ImageRgb8(square);
    square.apply_orientation(orientation);
    let small = square.resize_exact(SIDE, SIDE, FilterType::CatmullRom).into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small).map_err(refusal)?;
    Ok(jpeg)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooMuch,
        ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Refusal::Io(error)
        }
        _ => Refusal::Unreadable,
    }
}

/// The square in the middle of a picture, on white, each pixel the mean of those that it stands for;
/// read where it lies, without a copy.
fn middle(pixels: &[u8], color: ColorType, width: u32, height: u32) -> Option<RgbImage> {
    let read = Samples::of(color)?;
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    // More than the final size, for a good filter to work on.
    let cells = side.min(SIDE + SIDE / 2);
    let cell = |at: u32| at as usize * cells as usize / side as usize;
    let columns: Vec<usize> = (0..side).map(cell).collect();
    // How many pixels stand in each column, and so in each row.
    let mut counts = vec![0_u32; cells as usize];
    columns.iter().for_each(|column| counts[*column] += 1);
    let mut sums = vec![[0_u32; 3]; cells as usize * cells as usize];
    for y in 0..side {
        let row = cell(y) * cells as usize;
        let start = ((top + y) as usize * width as usize + left as usize) * read.bytes;
        let line = pixels.get(start..start + side as usize * read.bytes)?;
        for (pixel, column) in line.chunks_exact(read.bytes).zip(&columns) {
            let [red, green, blue] = read.on_white(pixel);
            let sum = sums.get_mut(row + column)?;
            *sum = [sum[0] + red, sum[1] + green, sum[2] + blue];
        }
    }
    let counts = counts.iter().flat_map(|high| counts.iter().map(move |wide| high * wide));
    let means = sums.iter().zip(counts).map(|(sum, count)| {
        sum.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
    });
    RgbImage::from_raw(cells, cells, means.flatten().collect())
}

/// How the samples of a pixel lie.
#[derive(Clone, Copy)]
struct Samples {
    bytes: usize,
    /// Of one sample.
    width: usize,
    has_color: bool,
    has_alpha: bool,
}

impl Samples {
    fn of(color: ColorType) -> Option<Self> {
        let bytes = usize::from(color.bytes_per_pixel());
        let width = bytes / usize::from(color.channel_count());
        let (has_color, has_alpha) = (color.has_color(), color.has_alpha());
        (width <= 2).then_some(Self { bytes, width, has_color, has_alpha })
    }

    fn sample(self, pixel: &[u8], at: usize) -> u32 {
        // The upper byte of two.
        let low_end = cfg!(target_endian = "little") && self.width == 2;
        u32::from(pixel[at * self.width + usize::from(low_end)])
    }

    /// What is seen through is white: JPEG has no other way.
    fn on_white(self, pixel: &[u8]) -> [u32; 3] {
        let grey = |at| self.sample(pixel, at);
        let colors = if self.has_color { [grey(0), grey(1), grey(2)] } else { [grey(0); 3] };
        if !self.has_alpha {
            return colors;
        }
        let alpha = self.sample(pixel, if self.has_color { 3 } else { 1 });
        colors.map(|color| (color * alpha + 255 * (255 - alpha)) / 255)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{GrayImage, ImageFormat, Rgb, RgbaImage};

    use super::*;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn make_of(file: &[u8]) -> Result<Vec<u8>, Refusal> {
        make(Cursor::new(file), file.len() as u64)
    }

    fn made(file: &[u8]) -> RgbImage {
        let jpeg = make_of(file).expect("it is a picture");
        assert_eq!(image::guess_format(&jpeg).unwrap(), ImageFormat::Jpeg);
        image::load_from_memory(&jpeg).unwrap().into_rgb8()
    }

    /// JPEG is not exact.
    fn is_about(pixel: &Rgb<u8>, colour: [u8; 3]) -> bool {
        pixel.0.iter().zip(colour).all(|(is, should)| is.abs_diff(should) < 12)
    }

    #[test]
    fn the_middle_of_each_kind_of_picture_becomes_a_small_square() {
        let stripes = |wide: u32, high: u32, swap: bool| {
            RgbImage::from_fn(wide, high, |x, y| {
                match (if swap { y } else { x }) * 3 / wide.max(high) {
                    1 => Rgb([200, 30, 30]),
                    _ => Rgb([30, 30, 200]),
                }
            })
        };
        let kinds = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
        for (wide, high) in [(900, 300), (300, 900), (2_100, 700), (90, 30), (3_000, 1_000)] {
            for kind in kinds {
                let picture = made(&encoded(stripes(wide, high, high > wide), kind));
                assert_eq!(picture.dimensions(), (SIDE, SIDE), "{kind:?}");
                for (x, y) in [(20, 20), (160, 160), (300, 300)] {
                    assert!(is_about(picture.get_pixel(x, y), [200, 30, 30]), "{kind:?} {wide}");
                }
            }
        }
    }

    #[test]
    fn every_depth_of_colour_is_read() {
        let rgb = RgbImage::from_fn(700, 700, |x, _| Rgb([if x < 350 { 200 } else { 20 }, 90, 30]));
        let rgb = DynamicImage::from(rgb);
        let grey = [140, 140, 140];
        for (picture, left) in [
            (DynamicImage::from(rgb.to_rgb16()), [200, 90, 30]),
            (rgb.to_rgba8().into(), [200, 90, 30]),
            (rgb.to_rgba16().into(), [200, 90, 30]),
            (GrayImage::from_pixel(700, 700, image::Luma([140])).into(), grey),
            (
                DynamicImage::from(GrayImage::from_pixel(9, 9, image::Luma([140])))
                    .to_luma16()
                    .into(),
                grey,
            ),
            (
                DynamicImage::from(GrayImage::from_pixel(9, 9, image::Luma([140])))
                    .to_luma_alpha8()
                    .into(),
                grey,
            ),
        ] {
            let color = picture.color();
            let small = made(&encoded(picture, ImageFormat::Png));
            assert!(
                is_about(small.get_pixel(30, 160), left),
                "{color:?}: {:?}",
                small.get_pixel(30, 160)
            );
        }
    }

    #[test]
    fn what_is_seen_through_is_white() {
        let clear = RgbaImage::from_pixel(64, 64, image::Rgba([10, 10, 10, 0]));
        let picture = made(&encoded(clear, ImageFormat::Png));
        assert!(is_about(picture.get_pixel(160, 160), [255, 255, 255]));
    }

    #[test]
    fn a_picture_that_was_taken_lying_down_stands_and_says_no_more_where_it_was_taken() {
        // The left half is red: turned by a quarter (orientation 6), the upper half is.
        let halves = RgbImage::from_fn(400, 400, |x, _| {
            if x < 200 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) }
        });
        let plain = encoded(halves, ImageFormat::Jpeg);
        let exif: [u8; 36] = [
            0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        let turned = [&plain[..2], &exif, &plain[2..]].concat();
        let jpeg = make_of(&turned).unwrap();
        let picture = made(&turned);
        assert!(is_about(picture.get_pixel(160, 40), [200, 30, 30]));
        assert!(is_about(picture.get_pixel(40, 280), [30, 30, 200]));
        assert!(!jpeg.windows(4).any(|bytes| bytes == b"Exif"));
    }

    #[test]
    fn what_is_no_picture_is_refused_and_what_is_too_large_is_told_apart() {
        let whole = encoded(RgbImage::new(64, 64), ImageFormat::Png);
        let cut_off = &whole[..whole.len() / 2];
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for file in [&b""[..], b"hello", svg, cut_off] {
            assert!(matches!(make_of(file), Err(Refusal::Unreadable)), "{file:?}");
        }
        for (wide, high) in [(LONGEST_SIDE + 1, 1), (1, LONGEST_SIDE + 1)] {
            let long = encoded(GrayImage::new(wide, high), ImageFormat::Png);
            assert!(matches!(make_of(&long), Err(Refusal::TooMuch)));
        }
        // Twelve million pixels of a photograph fit, and three million of anything.
        let photograph = encoded(RgbImage::new(4_032, 3_024), ImageFormat::Jpeg);
        made(&photograph);
        made(&encoded(DynamicImage::new_rgba16(2_000, 1_500), ImageFormat::Png));
        let many = encoded(RgbImage::new(5_000, 4_000), ImageFormat::Jpeg);
        assert!(matches!(make_of(&many), Err(Refusal::TooMuch)));
    }
}
