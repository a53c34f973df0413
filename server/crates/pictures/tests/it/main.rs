//! What becomes of pictures: of those that other programs made (`server/tests/pictures`), of those that are
//! made here, and of what only looks like one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where it stopped")]

mod animations;
mod drawings;
mod hostile;
mod photographs;
mod squares;

use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _, Write as _};
use std::path::Path;

use adda_pictures::{Mime, Refusal, Remade, Version};
use image::{DynamicImage, ImageFormat, RgbaImage};

/// What was made of a file, and the file into which it was written.
struct Made {
    remade: Remade,
    file: Vec<u8>,
}

fn remade(file: &[u8]) -> Result<Made, Refusal> {
    let (mut from, mut into) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    from.write_all(file).unwrap();
    from.rewind().unwrap();
    let remade = adda_pictures::remake(from, into.try_clone().unwrap())?;
    Ok(Made { remade, file: read(&mut into) })
}

fn made(file: &[u8]) -> Made {
    let made = remade(file).expect("it is a picture");
    assert_tidy(&made);
    made
}

fn read(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

impl Made {
    fn bytes(&self, version: &Version) -> &[u8] {
        &self.file[version.bytes.start as usize..version.bytes.end as usize]
    }

    fn full(&self) -> &[u8] {
        self.bytes(&self.remade.full)
    }

    fn picture(&self) -> RgbaImage {
        self.shown(&self.remade.full)
    }

    fn shown(&self, version: &Version) -> RgbaImage {
        let picture = image::load_from_memory(self.bytes(version)).unwrap().into_rgba8();
        assert_eq!(picture.dimensions(), (version.width, version.height));
        picture
    }
}

/// The versions fill the file without a gap, are what they say, and hold nothing but pixels.
fn assert_tidy(made: &Made) {
    let versions = [&made.remade.full].into_iter().chain(&made.remade.stills);
    let mut end = 0;
    for version in versions {
        assert_eq!(version.bytes.start, end);
        end = version.bytes.end;
        let bytes = made.bytes(version);
        let (format, parts) = match version.mime {
            Mime::Jpeg => (ImageFormat::Jpeg, segments(bytes)),
            Mime::Png => (ImageFormat::Png, chunks(bytes)),
            Mime::Gif => (ImageFormat::Gif, blocks(bytes)),
            Mime::WebP => (ImageFormat::WebP, riff(bytes)),
        };
        assert_eq!(image::guess_format(bytes).unwrap(), format);
        for part in parts {
            let known = [
                "app0",
                "dqt",
                "sof0",
                "dht",
                "sos",
                "eoi",
                "IHDR",
                "PLTE",
                "tRNS",
                "IDAT",
                "IEND",
                "control",
                "NETSCAPE2.0",
                "frame",
                "trailer",
                "VP8X",
                "ANIM",
                "ANMF",
                "ALPH",
                "VP8 ",
                "VP8L",
            ];
            assert!(known.contains(&part.as_str()), "{part}");
        }
    }
    assert_eq!(end, made.file.len() as u64);
    for still in &made.remade.stills {
        assert!(matches!(still.mime, Mime::Jpeg | Mime::Png), "a still does not move");
    }
    assert!(made.remade.thumbhash.len() < 48);
}

/// The segments of a JPEG up to its last byte.
fn segments(jpeg: &[u8]) -> Vec<String> {
    let (mut at, mut found) = (2, Vec::new());
    while at < jpeg.len() {
        assert_eq!(jpeg[at], 0xff);
        let name = match jpeg[at + 1] {
            0xe0 => "app0",
            0xdb => "dqt",
            0xc0 => "sof0",
            0xc4 => "dht",
            0xda => "sos",
            0xd9 => "eoi",
            other => panic!("a segment {other:x}"),
        };
        found.push(name.to_owned());
        at += 2;
        if name == "eoi" {
            assert_eq!(at, jpeg.len(), "nothing follows the end");
            break;
        }
        at += usize::from(u16::from_be_bytes([jpeg[at], jpeg[at + 1]]));
        if name == "sos" {
            while jpeg[at] != 0xff || jpeg[at + 1] == 0 {
                at += 1;
            }
        }
    }
    found
}

fn chunks(png: &[u8]) -> Vec<String> {
    let (mut at, mut found) = (8, Vec::new());
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        found.push(String::from_utf8(png[at + 4..at + 8].to_vec()).unwrap());
        at += 12 + length;
    }
    assert_eq!(found.last().unwrap(), "IEND");
    found
}

fn blocks(gif: &[u8]) -> Vec<String> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let (mut at, mut found) = (13 + table(gif[10]), Vec::new());
    loop {
        let name = match (gif[at], gif[at + 1]) {
            (0x21, 0xf9) => "control".to_owned(),
            (0x21, 0xff) => String::from_utf8(gif[at + 3..at + 14].to_vec()).unwrap(),
            (0x2c, _) => "frame".to_owned(),
            (0x3b, _) => unreachable!("something follows the end"),
            (block, kind) => format!("{block:x} {kind:x}"),
        };
        at += if name == "frame" { 11 + table(gif[at + 9]) } else { 2 };
        found.push(name);
        while gif[at] != 0 {
            at += 1 + usize::from(gif[at]);
        }
        at += 1;
        if gif[at..] == [0x3b] {
            return found;
        }
    }
}

fn riff(webp: &[u8]) -> Vec<String> {
    assert_eq!(u32::from_le_bytes(webp[4..8].try_into().unwrap()) as usize, webp.len() - 8);
    let mut found = Vec::new();
    let mut waiting = vec![&webp[12..]];
    while let Some(mut part) = waiting.pop() {
        while !part.is_empty() {
            let name = String::from_utf8(part[..4].to_vec()).unwrap();
            let length = u32::from_le_bytes(part[4..8].try_into().unwrap()) as usize;
            if name == "ANMF" {
                waiting.push(&part[24..8 + length]);
            }
            found.push(name);
            part = &part[8 + length.next_multiple_of(2)..];
        }
    }
    found
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pictures");
    std::fs::read(folder.join(name)).unwrap()
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// JPEG is not exact.
fn is_about(pixel: [u8; 4], colour: [u8; 3]) -> bool {
    pixel.iter().zip(colour).all(|(is, should)| is.abs_diff(should) <= 8) && pixel[3] == 255
}

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 200];
const YELLOW: [u8; 3] = [230, 210, 30];

/// Red and green above blue and yellow, as in all pictures of `server/tests/pictures` that have four corners.
fn assert_four_corners(picture: &RgbaImage) {
    assert_eq!(picture.dimensions(), (48, 32));
    for (x, y, colour) in [(8, 6, RED), (40, 6, GREEN), (8, 26, BLUE), (40, 26, YELLOW)] {
        let pixel = picture.get_pixel(x, y).0;
        assert!(is_about(pixel, colour), "{pixel:?} instead of {colour:?}");
    }
}
