//! The process in which pictures are made anew: what it takes and how long, whatever it is given.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use image::{ImageFormat, RgbImage};
use serde_json::Value;
use tokio::process::Command;

use crate::pictures::memory;

const MIB: u64 = 1024 * 1024;
/// Of its own, beside the code that it shares with the server.
const MOST: u64 = 60 * MIB;

/// How the process ended, what it answered, what it took at most, and for how long it ran.
struct Ended {
    code: Option<i32>,
    answer: Value,
    most: u64,
    after: Duration,
}

async fn remade(picture: &[u8]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let (from, into) = (folder.path().join("from"), folder.path().join("into"));
    std::fs::write(&from, picture).unwrap();
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_adda"))
        .arg("remake-picture")
        .env_clear()
        // As the server starts it.
        .env("MALLOC_CONF", "retain:false,narenas:1,tcache:false,dirty_decay_ms:0,muzzy_decay_ms:0")
        .stdin(File::open(&from).unwrap())
        .stdout(File::create_new(&into).unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (pid, mut most) = (child.id().unwrap(), 0);
    let mut looks = tokio::time::interval(Duration::from_millis(1));
    while child.try_wait().unwrap().is_none() {
        most = most.max(memory(pid, "RssAnon:").unwrap_or(0));
        looks.tick().await;
    }
    let after = start.elapsed();
    let output = child.wait_with_output().await.unwrap();
    let answer = serde_json::from_slice(&output.stderr).unwrap_or(Value::Null);
    Ended { code: output.status.code(), answer, most, after }
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    // Through a file, for which the encoder was optimised once with its crate.
    let file = tempfile::NamedTempFile::new().unwrap();
    RgbImage::new(width, height).save_with_format(file.path(), ImageFormat::Jpeg).unwrap();
    std::fs::read(file.path()).unwrap()
}

fn png(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row = vec![0; color.samples() * width as usize * depth as usize / 8];
    for _ in 0..height {
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    writer.finish().unwrap();
    file
}

#[tokio::test]
async fn the_largest_pictures_are_made_anew_within_what_is_promised() {
    use png::{BitDepth, ColorType};
    for (what, picture) in [
        ("a photograph of 40 megapixels", jpeg(7_300, 5_480)),
        ("50 megapixels with alpha", png(10_000, 5_000, ColorType::Rgba, BitDepth::Eight)),
        ("the largest with alpha", png(2_560, 2_560, ColorType::Rgba, BitDepth::Eight)),
    ] {
        let ended = remade(&picture).await;
        assert_eq!(ended.code, Some(0), "{what}");
        let full = &ended.answer["made"]["full"];
        assert_eq!(full["width"], 2_560, "{what}: {:#}", ended.answer);
        assert!(ended.most < MOST, "{what}: {} MiB", ended.most / MIB);
    }
}

#[tokio::test]
async fn what_takes_too_much_is_refused_before_it_takes_anything() {
    use png::{BitDepth, ColorType};
    let mut line = jpeg(64, 64);
    let head = line.windows(2).position(|part| part == [0xff, 0xc0]).unwrap();
    line[head + 5..head + 9].fill(0xff);
    let (unreadable, too_much) = (3, 4);
    for (what, picture, code) in [
        ("51 megapixels", png(10_200, 5_000, ColorType::Grayscale, BitDepth::Eight), too_much),
        ("a JPEG of 4,295 megapixels", line, too_much),
        ("a page", b"<!doctype html><script>alert(1)</script>".to_vec(), unreadable),
    ] {
        let ended = remade(&picture).await;
        assert_eq!(ended.code, Some(code), "{what}");
        assert!(ended.most < 16 * MIB, "{what}: {} MiB", ended.most / MIB);
        assert!(ended.after < Duration::from_secs(5), "{what}: {:?}", ended.after);
    }
}

#[tokio::test]
async fn a_picture_of_a_telephone_that_is_not_taken_is_named() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let ended = remade(heic).await;
    assert_eq!((ended.code, ended.answer), (Some(0), Value::from("heif")));
}
