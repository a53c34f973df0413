//! The small square of a picture that stands beside a name.

use std::io::{Seek as _, Write as _};

use adda_pictures::{Mime, Refusal};
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::{RED, encoded, fixture, is_about, read, segments};

fn square(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (mut from, mut into) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    from.write_all(file).unwrap();
    from.rewind().unwrap();
    let version = adda_pictures::square(from, into.try_clone().unwrap())?;
    assert_eq!(version.mime, Mime::Jpeg);
    let jpeg = read(&mut into)[version.bytes.start as usize..version.bytes.end as usize].to_vec();
    let shown = image::load_from_memory(&jpeg).unwrap();
    assert_eq!((shown.width(), shown.height()), (version.width, version.height));
    Ok(jpeg)
}

fn shown(file: &[u8]) -> RgbaImage {
    image::load_from_memory(&square(file).expect("it is a picture")).unwrap().into_rgba8()
}

#[test]
fn it_is_the_middle_of_every_kind_of_picture() {
    for (wide, high) in [(900, 300), (300, 900), (2_100, 700), (3_000, 1_000)] {
        let stripes = RgbImage::from_fn(wide, high, |x, y| {
            match (if high > wide { y } else { x }) * 3 / wide.max(high) {
                1 => Rgb(RED),
                _ => Rgb([30, 30, 200]),
            }
        });
        let side = wide.min(high).min(320);
        for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let square = shown(&encoded(stripes.clone(), kind));
            assert_eq!(square.dimensions(), (side, side), "{kind:?} {wide}");
            for (x, y) in [(20, 20), (side / 2, side / 2), (side - 20, side - 20)] {
                assert!(is_about(square.get_pixel(x, y).0, RED), "{kind:?} {wide}");
            }
        }
    }
}

#[test]
fn what_is_seen_through_is_white_and_what_moves_stands_still() {
    let clear = RgbaImage::from_pixel(64, 64, Rgba([10, 10, 10, 0]));
    let square = shown(&encoded(clear, ImageFormat::Png));
    assert!(
        is_about(square.get_pixel(32, 32).0, [255, 255, 255]),
        "{:?}",
        square.get_pixel(32, 32)
    );
    for name in ["animated.gif", "animated.webp"] {
        let square = shown(&fixture(name));
        assert_eq!(square.width(), square.height(), "{name}");
    }
}

#[test]
fn nothing_else_of_the_file_is_in_it() {
    for name in ["display-p3.jpg", "animated.webp"] {
        let jpeg = square(&fixture(name)).unwrap();
        let told = segments(&jpeg).into_iter().filter(|segment| segment.starts_with("app"));
        assert!(told.count() <= 1, "{name}: no more than that it is a JPEG");
        assert!(!jpeg.windows(4).any(|bytes| bytes == b"Exif"), "{name}");
    }
    assert!(matches!(square(b"hello"), Err(Refusal::Unreadable)));
}
