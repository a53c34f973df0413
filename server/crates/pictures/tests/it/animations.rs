//! What moves.

use image::AnimationDecoder as _;
use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;

use super::*;

/// The picture of each frame, and for how long it is shown, in milliseconds.
fn frames(made: &Made) -> Vec<(RgbaImage, u32)> {
    let file = Cursor::new(made.full());
    let frames = match made.remade.full.mime {
        Mime::Gif => GifDecoder::new(file).unwrap().into_frames(),
        _ => WebPDecoder::new(file).unwrap().into_frames(),
    };
    let frame = |frame: image::ImageResult<image::Frame>| {
        let frame = frame.unwrap();
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        (frame.into_buffer(), numerator / denominator)
    };
    frames.map(frame).collect()
}

fn assert_moves(made: &Made, last: [u8; 4]) {
    assert!(made.remade.animated);
    let frames = frames(made);
    assert_eq!(frames.iter().map(|(_, time)| *time).collect::<Vec<_>>(), [100, 200, 300]);
    assert!(is_about(frames[0].0.get_pixel(20, 20).0, RED));
    assert!(is_about(frames[1].0.get_pixel(20, 20).0, GREEN));
    let pixel = frames[2].0.get_pixel(20, 20).0;
    assert!(pixel.iter().zip(last).all(|(is, should)| is.abs_diff(should) <= 8), "{pixel:?}");
    // One that does not move, for whoever wants no motion.
    let [still] = &made.remade.stills[..] else { panic!("{:?}", made.remade.stills) };
    assert!(is_about(made.shown(still).get_pixel(20, 20).0, RED));
}

#[test]
fn a_gif_moves_on_with_its_times_and_loops() {
    let made = made(&fixture("animated.gif"));
    assert_moves(&made, [30, 30, 200, 255]);
    let mut decoder = gif::DecodeOptions::new().read_info(made.full()).unwrap();
    decoder.read_next_frame().unwrap();
    // Three times, of which the first is no repetition.
    assert_eq!(decoder.repeat(), gif::Repeat::Finite(2));
    assert_eq!(blocks(made.full())[..3], ["NETSCAPE2.0", "control", "frame"]);
}

#[test]
fn a_webp_moves_on_with_its_times_and_loops() {
    let made = made(&fixture("animated.webp"));
    // Half of the blue over the green.
    assert_moves(&made, [30, 115, 115, 255]);
    let decoder = image_webp::WebPDecoder::new(Cursor::new(made.full())).unwrap();
    assert!(
        matches!(decoder.loop_count(), image_webp::LoopCount::Times(times) if times.get() == 3)
    );
    let sent = riff(&fixture("animated.webp"));
    assert!(sent.iter().any(|chunk| chunk == "ICCP") && sent.iter().any(|chunk| chunk == "XMP "));
}

fn gif_of(frames: usize, side: u16) -> Vec<u8> {
    let mut gif = Vec::new();
    let mut encoder = gif::Encoder::new(&mut gif, side, side, &[0, 0, 0, 200, 30, 30]).unwrap();
    for _ in 0..frames {
        let pixels = vec![1; usize::from(side) * usize::from(side)];
        encoder.write_frame(&gif::Frame::from_indexed_pixels(side, side, pixels, None)).unwrap();
    }
    drop(encoder);
    gif
}

#[test]
fn a_gif_of_one_frame_is_a_picture() {
    let made = made(&gif_of(1, 40));
    assert!(!made.remade.animated);
    assert_eq!(made.remade.full.mime, Mime::Png);
    assert!(is_about(made.picture().get_pixel(20, 20).0, RED));
}

#[test]
fn a_frame_that_is_broken_breaks_the_animation() {
    for (name, frame) in [("animated.gif", &b"\x2c"[..]), ("animated.webp", b"VP8 ")] {
        let mut file = fixture(name);
        let starts = file.windows(frame.len()).enumerate().filter(|(_, part)| part == &frame);
        let last = starts.map(|(at, _)| at).next_back().unwrap();
        // The compressed pixels, behind the heads.
        let pixels = last + 12..file.len() - 2;
        file[pixels].fill(0xff);
        assert!(matches!(remade(&file), Err(Refusal::Unreadable)), "{name}");
    }
}

#[test]
fn an_animation_has_an_end() {
    assert!(remade(&gif_of(300, 4)).unwrap().remade.animated);
    for endless in [gif_of(301, 4), gif_of(10_000, 1), gif_of(2, 2_561), gif_of(31, 2_000)] {
        assert!(matches!(remade(&endless), Err(Refusal::TooMuch)));
    }
}
