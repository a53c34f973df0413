//! Pictures of people: made small, square and harmless, and kept as files under a new name each.
//!
//! What is sent is never kept: it is decoded under limits, turned upright, cut and encoded anew, so
//! that nothing that hid in it (places, scripts, bombs) reaches anybody.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::UserId;
use adda_protocol::accounts::Me;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::error::AccountError;
use super::service::{Accounts, Person};
use crate::limits::Limit;

/// The largest file that is taken: a picture as a telephone takes it fits.
pub(super) const MOST_BYTES: u64 = 12 * 1024 * 1024;
/// The side of a picture, in pixels: sharp at twice the largest size that it is shown in.
const SIDE: u32 = 320;
/// The longest side of what is taken, in pixels.
const LONGEST_SIDE: u32 = 12_000;
/// The most memory that decoding may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 86;

/// The pictures.
#[derive(Debug)]
pub struct Avatars {
    accounts: Arc<Accounts>,
    folder: PathBuf,
    changes: Limit<UserId>,
    /// Decoding takes memory and time: one after the other.
    turn: Semaphore,
}

impl Avatars {
    /// The pictures in a folder, which is made with the first.
    #[must_use]
    pub fn new(accounts: Arc<Accounts>, folder: PathBuf, rate_limits: bool) -> Self {
        let changes = Limit::new(rate_limits, 10, Duration::from_secs(30));
        Self { accounts, folder, changes, turn: Semaphore::new(1) }
    }

    /// Forgets what the throttles need not remember.
    pub fn purge_limits(&self) {
        self.changes.purge();
    }

    /// Whether the person may change their picture again already: asked before it is received.
    ///
    /// # Errors
    /// Too often.
    pub fn may_change(&self, person: &Person) -> Result<(), AccountError> {
        Ok(self.changes.check(&person.id)?)
    }

    /// Gives the person the picture in this file.
    ///
    /// # Errors
    /// [`AccountError::NotAPicture`], the folder, the database.
    pub async fn set(&self, person: &Person, file: &Path) -> Result<Me, AccountError> {
        let file = tokio::fs::read(file).await?;
        let turn = self.turn.acquire().await;
        let made = tokio::task::spawn_blocking(move || make(&file)).await;
        drop(turn);
        let jpeg = made.unwrap_or(None).ok_or(AccountError::NotAPicture)?;
        let name = format!("{}.jpg", Uuid::new_v4());
        tokio::fs::create_dir_all(&self.folder).await?;
        // Under another name first, so that nobody is ever given half of it.
        let (unfinished, path) =
            (self.folder.join(format!("{name}.part")), self.folder.join(&name));
        tokio::fs::write(&unfinished, jpeg).await?;
        tokio::fs::rename(&unfinished, &path).await?;
        self.replace(person, Some(name)).await
    }

    /// Takes the person's picture away.
    ///
    /// # Errors
    /// The database.
    pub async fn remove(&self, person: &Person) -> Result<Me, AccountError> {
        self.replace(person, None).await
    }

    async fn replace(&self, person: &Person, name: Option<String>) -> Result<Me, AccountError> {
        let me = self.accounts.set_avatar(person, name).await?;
        if let Some(before) = &person.avatar
            && let Err(error) = tokio::fs::remove_file(self.folder.join(before)).await
        {
            // Nobody is told of its name any more.
            tracing::warn!(%error, "the picture before could not be removed");
        }
        Ok(me)
    }

    /// The picture of this name, as JPEG.
    pub(super) async fn read(&self, name: &str) -> Option<Vec<u8>> {
        // The name is one of ours: it cannot lead out of the folder.
        let id = name.strip_suffix(".jpg")?;
        let name = format!("{}.jpg", Uuid::try_parse(id).ok()?.hyphenated());
        tokio::fs::read(self.folder.join(name)).await.ok()
    }
}

/// The middle of a picture as a small square JPEG; `None` where it is no picture that is taken.
fn make(file: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);

    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let square = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    let small = square.resize_exact(SIDE, SIDE, FilterType::CatmullRom).to_rgba8();
    // What is seen through is white: JPEG has no other way.
    let flat = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [red, green, blue, alpha] = small.get_pixel(x, y).0;
        let alpha = u16::from(alpha);
        let over_white = |colour: u8| {
            u8::try_from((u16::from(colour) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
        };
        Rgb([over_white(red), over_white(green), over_white(blue)])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&flat).ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbaImage};

    use super::*;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn made(file: &[u8]) -> RgbImage {
        let jpeg = make(file).expect("it is a picture");
        assert_eq!(image::guess_format(&jpeg).unwrap(), ImageFormat::Jpeg);
        image::load_from_memory(&jpeg).unwrap().into_rgb8()
    }

    /// JPEG is not exact.
    fn is_about(pixel: &Rgb<u8>, colour: [u8; 3]) -> bool {
        pixel.0.iter().zip(colour).all(|(is, should)| is.abs_diff(should) < 12)
    }

    #[test]
    fn the_middle_of_each_kind_of_picture_becomes_a_small_square() {
        let stripes = RgbImage::from_fn(900, 300, |x, _| match x / 300 {
            1 => Rgb([200, 30, 30]),
            _ => Rgb([30, 30, 200]),
        });
        let kinds = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
        for kind in kinds {
            let picture = made(&encoded(stripes.clone(), kind));
            assert_eq!(picture.dimensions(), (SIDE, SIDE), "{kind:?}");
            for (x, y) in [(20, 20), (160, 160), (300, 300)] {
                assert!(is_about(picture.get_pixel(x, y), [200, 30, 30]), "{kind:?}");
            }
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
        let jpeg = make(&turned).unwrap();
        let picture = made(&turned);
        assert!(is_about(picture.get_pixel(160, 40), [200, 30, 30]));
        assert!(is_about(picture.get_pixel(40, 280), [30, 30, 200]));
        assert!(!jpeg.windows(4).any(|bytes| bytes == b"Exif"));
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_refused() {
        let whole = encoded(RgbImage::new(64, 64), ImageFormat::Png);
        let cut_off = &whole[..whole.len() / 2];
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for file in [&b""[..], b"hello", svg, cut_off] {
            assert!(make(file).is_none());
        }
        // A small file that says that it is immense.
        let bomb = encoded(image::GrayImage::new(LONGEST_SIDE + 1, 1), ImageFormat::Png);
        assert!(make(&bomb).is_none());
    }
}
