//! Photographs: JPEG, and what is kept with loss.

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, ImageEncoder as _, ImageFormat, Luma, Rgb, RgbImage};
use moxcms::ColorProfile;
use otf_pixels_codec_jpeg::JpegEncoder as JpegRows;
use otf_pixels_core::{Encoder as _, ImageDescriptor, PixelFormat};

use super::*;

#[test]
fn a_photograph_stands_upright_whichever_way_the_camera_was_held() {
    for orientation in 1..=8 {
        assert_four_corners(&made(&fixture(&format!("orientation-{orientation}.jpg"))).picture());
    }
}

#[test]
fn nobody_learns_from_a_photograph_where_and_by_whom_it_was_taken() {
    for name in ["orientation-1.jpg", "palette-transparent.png", "lossy.webp", "animated.gif"] {
        let (sent, made) = (fixture(name), made(&fixture(name)));
        let tells = |bytes: &[u8], word: &str| {
            bytes.windows(word.len()).any(|part| part == word.as_bytes())
        };
        let words = ["Exif", "eXIf", "EXIF", "Somebody", "at home", "adobe", "JFIF\0\u{1}\u{2}"];
        assert!(words.iter().any(|word| tells(&sent, word)), "{name} told something");
        assert!(!words[..6].iter().any(|word| tells(&made.file, word)), "{name}");
    }
}

#[test]
fn colours_are_seen_as_the_profile_means_them() {
    // By Little CMS, rgb(90, 160, 60) of Display P3 is this of sRGB.
    let picture = made(&fixture("display-p3.jpg")).picture();
    assert!(
        is_about(picture.get_pixel(16, 16).0, [61, 162, 39]),
        "{:?}",
        picture.get_pixel(16, 16)
    );

    let encoded = |profile: &ColorProfile, grey: bool| {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
        if grey {
            encoder.encode_image(&GrayImage::from_pixel(20, 20, Luma([64]))).unwrap();
        } else {
            encoder.encode_image(&RgbImage::from_pixel(20, 20, Rgb([90, 160, 60]))).unwrap();
        }
        jpeg
    };
    let adobe = made(&encoded(&ColorProfile::new_adobe_rgb(), false)).picture();
    assert!(is_about(adobe.get_pixel(9, 9).0, [0, 161, 48]), "{:?}", adobe.get_pixel(9, 9));
    // A quarter of the light, which sRGB writes as 137.
    let linear = made(&encoded(&ColorProfile::new_gray_with_gamma(1.0), true)).picture();
    assert!(is_about(linear.get_pixel(9, 9).0, [137; 3]), "{:?}", linear.get_pixel(9, 9));
}

#[test]
fn inks_become_light_with_their_profile_and_without() {
    // A fifth of cyan, four of magenta, three of yellow, a tenth of black.
    let plain = made(&fixture("cmyk-ycck.jpg")).picture();
    assert!(is_about(plain.get_pixel(16, 16).0, [184, 47, 93]), "{:?}", plain.get_pixel(16, 16));
    // All of magenta and yellow, on a press whose inks are those of its profile, by Little CMS.
    let press = made(&fixture("cmyk-profile.jpg")).picture();
    assert!(is_about(press.get_pixel(16, 16).0, [227, 0, 0]), "{:?}", press.get_pixel(16, 16));
}

#[test]
fn every_way_to_keep_a_photograph_is_read() {
    assert_four_corners(&made(&fixture("progressive.jpg")).picture());
    assert_four_corners(&made(&fixture("lossy.webp")).picture());
    let grey = GrayImage::from_fn(48, 32, |x, _| Luma([if x < 24 { 40 } else { 210 }]));
    let grey = made(&encoded(grey, ImageFormat::Jpeg)).picture();
    assert!(
        is_about(grey.get_pixel(9, 9).0, [40; 3]) && is_about(grey.get_pixel(39, 9).0, [210; 3])
    );
}

/// It gets brighter to the right and to the bottom.
fn forty_megapixels() -> Vec<u8> {
    let (width, height) = (7_300_u32, 5_480_u32);
    let shape = ImageDescriptor::new(width, height, PixelFormat::Rgb8).unwrap();
    let (mut encoder, mut jpeg) = (JpegRows::with_quality(90).unwrap(), Vec::new());
    encoder.write_header(&shape, &mut jpeg).unwrap();
    for y in 0..height {
        let down = (y * 200 / height) as u8;
        let row: Vec<u8> = (0..width).flat_map(|x| [(x * 200 / width) as u8, down, 90]).collect();
        encoder.write_row(&row, &mut jpeg).unwrap();
    }
    encoder.finish(&mut jpeg).unwrap();
    jpeg
}

#[test]
fn a_photograph_of_forty_megapixels_becomes_one_that_screens_can_show() {
    let made = made(&forty_megapixels());
    let sizes = |version: &Version| (version.width, version.height, version.mime);
    assert_eq!(sizes(&made.remade.full), (2_560, 1_922, Mime::Jpeg));
    let stills: Vec<_> = made.remade.stills.iter().map(sizes).collect();
    let jpeg = |width, height| (width, height, Mime::Jpeg);
    assert_eq!(stills, [jpeg(320, 240), jpeg(640, 481), jpeg(1_280, 961)]);
    for version in [&made.remade.full].into_iter().chain(&made.remade.stills) {
        let picture = made.shown(version);
        let pixel = picture.get_pixel(version.width / 2, version.height / 4).0;
        assert!(is_about(pixel, [100, 50, 90]), "{pixel:?}");
    }
}

#[test]
fn what_hangs_behind_a_photograph_is_gone() {
    let tail = b"PK\x03\x04<html><script>alert(1)</script>";
    let sent = [&fixture("orientation-1.jpg")[..], tail].concat();
    let made = made(&sent);
    assert_four_corners(&made.picture());
    assert!(!made.file.windows(8).any(|part| part == b"<script>"));
}
