//! Drawings and pictures of screens: what is kept without loss, and what is seen through.

use image::{DynamicImage, GrayAlphaImage, ImageFormat, LumaA, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// The same pixels in every run, without an order that PNG could use.
fn noise(at: u32) -> u8 {
    (at.wrapping_mul(2_654_435_761) >> 13) as u8
}

/// Letters, or what looks like them.
fn screen() -> RgbImage {
    RgbImage::from_fn(900, 700, |x, y| {
        let is_ink = (y / 9).is_multiple_of(2) && noise(x / 2 + y / 3 * 450) < 90;
        if is_ink { Rgb([20, 20, 30]) } else { Rgb([250, 250, 245]) }
    })
}

#[test]
fn a_picture_of_a_screen_stays_exactly_as_it_was() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let made = made(&encoded(screen(), format));
        assert_eq!(made.remade.full.mime, Mime::Png);
        assert!(made.picture() == DynamicImage::from(screen()).into_rgba8());
    }
}

/// Soft shapes with some grain, as a camera sees them.
fn photograph() -> RgbImage {
    RgbImage::from_fn(900, 700, |x, y| {
        let wave = |at: u32, length: f32| (at as f32 / length).sin() * 50.0 + 100.0;
        let grain = noise(x + y * 900) % 4;
        Rgb([(wave(x, 31.0), 0), (wave(y, 23.0), 1), (wave(x + y, 47.0), 2)]
            .map(|(light, shift)| light as u8 + (grain >> shift)))
    })
}

#[test]
fn a_photograph_that_was_kept_as_png_becomes_jpeg() {
    // Also where there is alpha that hides nothing.
    let with_alpha = DynamicImage::from(photograph()).into_rgba8();
    for sent in [DynamicImage::from(photograph()), with_alpha.into()] {
        let made = made(&encoded(sent, ImageFormat::Png));
        assert_eq!(made.remade.full.mime, Mime::Jpeg);
        assert!(made.remade.stills.iter().all(|still| still.mime == Mime::Jpeg));
    }
}

#[test]
fn every_way_to_keep_pixels_is_read() {
    for name in ["16-bit.png", "interlaced.png", "lossless.webp"] {
        assert_four_corners(&made(&fixture(name)).picture());
    }
    let grey = GrayAlphaImage::from_fn(30, 20, |x, _| LumaA([(x * 8) as u8, 255 - x as u8]));
    let made = made(&encoded(grey.clone(), ImageFormat::Png));
    assert!(made.picture() == DynamicImage::from(grey).into_rgba8());
}

#[test]
fn what_is_seen_through_stays_so_and_what_was_hidden_under_it_is_gone() {
    for name in ["palette-transparent.png", "lossy-alpha.webp"] {
        let picture = made(&fixture(name)).picture();
        assert!(is_about(picture.get_pixel(5, 12).0, RED), "{name}");
        assert_eq!(picture.get_pixel(35, 12).0, [0; 4], "{name}");
    }
    let hidden =
        RgbaImage::from_fn(900, 40, |x, _| Rgba([90, 40, 10, if x < 450 { 0 } else { 9 }]));
    let made = made(&encoded(hidden, ImageFormat::Png));
    assert_eq!(made.picture().get_pixel(9, 9).0, [0; 4]);
    assert_eq!(made.picture().get_pixel(800, 9).0, [90, 40, 10, 9]);
    let still = made.shown(&made.remade.stills[0]);
    assert_eq!(still.get_pixel(300, 9).0, [90, 40, 10, 9]);
}

#[test]
fn a_drawing_that_is_too_large_is_made_smaller() {
    let wide = RgbImage::from_fn(6_000, 90, |x, _| Rgb(if x < 3_000 { RED } else { BLUE }));
    let made = made(&encoded(wide, ImageFormat::Png));
    assert_eq!((made.remade.full.width, made.remade.full.height), (2_560, 38));
    assert_eq!(made.picture().get_pixel(1_279, 20).0[..3], RED);
    assert_eq!(made.picture().get_pixel(1_280, 20).0[..3], BLUE);
}
