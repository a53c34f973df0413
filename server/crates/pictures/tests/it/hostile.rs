//! What is no picture, is broken, or is made to cost more than it is worth.

use std::time::{Duration, Instant};

use image::{ImageFormat, RgbImage};

use super::*;

/// Every refusal comes within this.
const AT_ONCE: Duration = Duration::from_secs(1);

#[track_caller]
fn refused(what: &str, file: &[u8]) -> Refusal {
    let start = Instant::now();
    let refusal = remade(file).err().unwrap_or_else(|| panic!("{what} is taken"));
    assert!(start.elapsed() < AT_ONCE, "{what}: {:?}", start.elapsed());
    refusal
}

#[track_caller]
fn unreadable(what: &str, file: &[u8]) {
    let refusal = refused(what, file);
    assert!(matches!(refusal, Refusal::Unreadable), "{what}: {refusal}");
}

#[track_caller]
fn too_much(what: &str, file: &[u8]) {
    let refusal = refused(what, file);
    assert!(matches!(refusal, Refusal::TooMuch), "{what}: {refusal}");
}

#[test]
fn what_is_no_picture_is_none_whatever_its_name() {
    for file in [
        &b""[..],
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"PK\x03\x04 a zip",
        b"BM a bitmap",
        b"II*\0 a TIFF",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x04\0\0\0WEBP",
        b"\xff\xd8\xff",
    ] {
        unreadable("no picture", file);
    }
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert!(matches!(refused("HEIC", heic), Refusal::Heif));
}

#[test]
fn a_picture_that_was_cut_off_is_broken() {
    let photograph = RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, 9]));
    let mut files: Vec<_> = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]
        .map(|format| encoded(photograph.clone(), format))
        .to_vec();
    let names = ["progressive.jpg", "interlaced.png", "animated.gif", "animated.webp"];
    files.extend(names.map(fixture));
    files.push(fixture("lossy-alpha.webp"));
    files.push(fixture("cmyk-ycck.jpg"));
    for file in files {
        for tenth in 0..10 {
            unreadable("a part", &file[..file.len() * tenth / 10]);
        }
    }
}

fn png(width: u32, height: u32, colour: png::ColorType, content: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, content).unwrap();
    // It is not finished: what is missing does not matter.
    drop(writer);
    file
}

/// A JPEG that says it has this size.
fn jpeg_that_says(width: u16, height: u16, frame: u8) -> Vec<u8> {
    let mut file = fixture(if frame == 0xc2 { "progressive.jpg" } else { "orientation-1.jpg" });
    let head = file.windows(2).position(|part| part == [0xff, frame]).unwrap();
    file[head + 5..head + 7].copy_from_slice(&height.to_be_bytes());
    file[head + 7..head + 9].copy_from_slice(&width.to_be_bytes());
    file
}

#[test]
fn what_says_that_it_is_huge_is_refused_by_its_head() {
    use png::ColorType;
    too_much("60,000 by 60,000", &png(60_000, 60_000, ColorType::Rgba, b""));
    too_much("a line", &png(20_000, 1, ColorType::Grayscale, b""));
    too_much("51 megapixels", &png(10_200, 5_000, ColorType::Grayscale, b""));
    too_much("JPEG", &jpeg_that_says(65_500, 65_500, 0xc0));
    too_much("a progressive JPEG", &jpeg_that_says(7_300, 5_480, 0xc2));
    let webp = {
        let mut file = fixture("lossy.webp");
        // The size stands in the features and in the frame.
        let features = file.windows(4).position(|part| part == b"VP8X").unwrap() + 12;
        file[features..features + 6].copy_from_slice(&[0xff, 0x3f, 0, 0xff, 0x3f, 0]);
        let frame = file.windows(3).position(|part| part == [0x9d, 1, 0x2a]).unwrap() + 3;
        file[frame..frame + 4].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
        file
    };
    too_much("WebP", &webp);
    let mut gif = fixture("animated.gif");
    gif[6..10].fill(0xff);
    too_much("GIF", &gif);
}

#[test]
fn a_picture_with_fewer_pixels_than_it_says_is_broken() {
    unreadable("JPEG", &jpeg_that_says(7_000, 5_000, 0xc0));
    unreadable("a progressive JPEG", &jpeg_that_says(3_000, 2_000, 0xc2));
    unreadable("PNG", &png(7_000, 5_000, png::ColorType::Rgb, b"\x78\x9c\x03\0\0\0\0\x01"));
}

#[test]
fn a_picture_that_is_gone_over_and_over_is_refused() {
    let file = jpeg_that_says(3_000, 2_000, 0xc2);
    let start = file.windows(2).rposition(|part| part == [0xff, 0xda]).unwrap();
    let (scan, end) = file[start..].split_at(file.len() - start - 2);
    assert_eq!(end, [0xff, 0xd9]);
    too_much("400 scans", &[&file[..start], &scan.repeat(400), end].concat());
}

#[test]
fn what_swells_when_it_is_unpacked_is_refused() {
    // Fifty million pixels of nothing are a picture; 400 MB of nothing in its profile are none.
    let zeros = |length: usize| {
        let mut packed = Vec::new();
        let mut encoder = png::Encoder::new(&mut packed, length as u32, 1);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&vec![0; length]).unwrap();
        drop(writer);
        let start = packed.windows(4).position(|part| part == b"IDAT").unwrap() + 4;
        let length = u32::from_be_bytes(packed[start - 8..start - 4].try_into().unwrap()) as usize;
        packed[start..start + length].to_vec()
    };
    let profile = [b"bomb\0\0".to_vec(), zeros(100_000_000)].concat();
    let mut file = Vec::new();
    let encoder = png::Encoder::new(&mut file, 9, 9);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::iCCP, &profile).unwrap();
    writer.write_image_data(&[9; 81]).unwrap();
    drop(writer);
    match remade(&file) {
        // The profile counts as none.
        Ok(made) => assert_eq!(made.remade.full.width, 9),
        Err(refusal) => assert!(matches!(refusal, Refusal::TooMuch | Refusal::Unreadable)),
    }
}

#[test]
fn no_change_of_some_bytes_makes_it_panic_or_last() {
    let names = [
        "16-bit.png",
        "animated.gif",
        "animated.webp",
        "cmyk-profile.jpg",
        "display-p3.jpg",
        "interlaced.png",
        "lossless.webp",
        "lossy-alpha.webp",
        "lossy.webp",
        "orientation-6.jpg",
        "palette-transparent.png",
        "progressive.jpg",
    ];
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for name in names {
        let sound = fixture(name);
        for _ in 0..150 {
            let mut file = sound.clone();
            for _ in 0..=next(6) {
                let at = next(file.len());
                file[at] = next(256) as u8;
            }
            let start = Instant::now();
            drop(remade(&file));
            assert!(start.elapsed() < 3 * AT_ONCE, "{name}: {:?}", start.elapsed());
        }
    }
}
