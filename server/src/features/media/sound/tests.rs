//! Recordings as ffmpeg makes them in every format (`tests/sounds`, half a second of 440 Hz each), and
//! files that are none.

use std::io::{Seek, Write};
use std::path::Path;

use super::*;

fn in_a_file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

fn sound(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sounds");
    std::fs::read(folder.join(name)).unwrap()
}

struct Wav {
    rate: u32,
    samples: Vec<f64>,
}

fn heard(file: &[u8]) -> Result<(Heard, Wav), Refusal> {
    let wav = tempfile::tempfile().unwrap();
    let heard = transcode(in_a_file(file), wav.try_clone().unwrap())?;
    let mut written = wav;
    written.rewind().unwrap();
    let mut reader = hound::WavReader::new(written).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.channels, spec.bits_per_sample), (1, 16));
    let samples = reader.samples::<i16>().map(|it| f64::from(it.unwrap())).collect();
    Ok((heard, Wav { rate: spec.sample_rate, samples }))
}

impl Wav {
    /// Which part of the power of the middle of it is of this frequency (Goertzel).
    fn share_of(&self, frequency: f64) -> f64 {
        let quarter = self.samples.len() / 4;
        let middle = &self.samples[quarter..3 * quarter];
        let turn = 2.0 * std::f64::consts::PI * frequency / f64::from(self.rate);
        let (mut real, mut imaginary, mut power) = (0.0, 0.0, 0.0);
        for (at, sample) in middle.iter().enumerate() {
            let angle = turn * at as f64;
            real += sample * angle.cos();
            imaginary += sample * angle.sin();
            power += sample * sample;
        }
        2.0 * (real * real + imaginary * imaginary) / (power * middle.len() as f64)
    }
}

fn wav(rate: u32, samples: impl IntoIterator<Item = i16>) -> Vec<u8> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    samples.into_iter().for_each(|sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn what_browsers_telephones_and_people_have_is_heard_as_it_sounds() {
    for (name, kind, rate) in [
        ("mono-48k-opus.webm", SoundKind::Webm, 24_000),
        ("mono-16k-opus.ogg", SoundKind::Ogg, 24_000),
        ("stereo-48k-opus.ogg", SoundKind::Ogg, 24_000),
        ("stereo-48k-opus.mp4", SoundKind::Mp4, 24_000),
        ("surround-48k-opus.ogg", SoundKind::Ogg, 24_000),
        ("surround-48k-opus-long-packets.ogg", SoundKind::Ogg, 24_000),
        ("surround-71-48k-opus.webm", SoundKind::Webm, 24_000),
        ("mono-8k-vorbis.ogg", SoundKind::Ogg, 8_000),
        ("stereo-44k1-vorbis.ogg", SoundKind::Ogg, 24_000),
        ("surround-44k1-vorbis.ogg", SoundKind::Ogg, 24_000),
        ("mono-44k1-aac-fragmented.mp4", SoundKind::Mp4, 24_000),
        ("stereo-48k-aac.m4a", SoundKind::Mp4, 24_000),
        ("surround-44k1-aac.m4a", SoundKind::Mp4, 24_000),
        ("surround-71-48k-aac-fragmented.mp4", SoundKind::Mp4, 24_000),
        ("mono-48k-he-aac.m4a", SoundKind::Mp4, 24_000),
        ("stereo-44k1.mp3", SoundKind::Mp3, 24_000),
        ("mono-22k05.mp3", SoundKind::Mp3, 22_050),
        ("mono-8k-mulaw.wav", SoundKind::Wav, 8_000),
        ("stereo-44k1-adpcm.wav", SoundKind::Wav, 24_000),
        ("mono-96k.flac", SoundKind::Flac, 24_000),
        ("stereo-48k-24bit.flac", SoundKind::Flac, 24_000),
        ("surround-32k.flac", SoundKind::Flac, 24_000),
    ] {
        let (heard, wav) = heard(&sound(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!((heard.kind, wav.rate), (kind, rate), "{name}");
        assert!((480..=620).contains(&heard.duration_ms), "{name}: {}", heard.duration_ms);
        let length = wav.samples.len() as i64 * 1_000 / i64::from(rate);
        assert_eq!(heard.duration_ms, length, "{name}");
        assert_eq!(heard.waveform.len(), 64, "{name}");
        assert!(
            heard.waveform[8..56].iter().all(|part| *part > 25),
            "{name}: {:?}",
            heard.waveform
        );
        let share = wav.share_of(440.0);
        assert!(share > 0.97, "{name}: {share}");
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_left_out_and_not_folded_into_it() {
    let tone = |frequency: f64| {
        (0..48_000).map(move |at| {
            let angle = 2.0 * std::f64::consts::PI * frequency * f64::from(at) / 48_000.0;
            (angle.sin() * 10_000.0) as i16
        })
    };
    let loudest = |frequency| {
        let (_, wav) = heard(&wav(48_000, tone(frequency))).unwrap();
        assert_eq!(wav.samples.len(), 24_000, "as long as it was");
        let middle = wav.samples.len() / 4..wav.samples.len() * 3 / 4;
        wav.samples[middle].iter().fold(0.0_f64, |most, sample| most.max(sample.abs()))
    };
    assert!((9_800.0..10_200.0).contains(&loudest(1_000.0)));
    assert!(loudest(15_000.0) < 20.0);
}

#[test]
fn a_recording_that_was_cut_off_is_heard_up_to_there() {
    let whole = sound("mono-48k-opus.webm");
    let (heard, _) = heard(&whole[..whole.len() * 2 / 3]).unwrap();
    assert!((200..450).contains(&heard.duration_ms), "{}", heard.duration_ms);
}

#[test]
fn music_with_a_large_picture_of_its_cover_is_heard() {
    // An ID3 tag: its length in four times seven bits, then one frame for the picture.
    let mut tag =
        b"ID3\x04\0\0\x01\x00\x00\x0aAPIC\x01\x00\x00\x00\0\0\0image/png\0\x03\0".to_vec();
    tag.resize(10 + (1 << 21) + 10, 0x55);
    let (heard, wav) = heard(&[tag, sound("stereo-44k1.mp3")].concat()).unwrap();
    assert_eq!(heard.kind, SoundKind::Mp3);
    assert!((480..=620).contains(&heard.duration_ms), "{}", heard.duration_ms);
    assert!(wav.share_of(440.0) > 0.97);
}

#[test]
fn silence_is_a_recording_too() {
    let (heard, _) = heard(&wav(16_000, std::iter::repeat_n(0, 16_000))).unwrap();
    assert_eq!((heard.duration_ms, heard.waveform), (1_000, vec![0; 64]));
}

#[test]
fn what_is_no_recording_is_refused_and_what_is_too_long_is_told_apart() {
    let damaged = || {
        let mut damaged = sound("stereo-48k-24bit.flac");
        let length = damaged.len();
        damaged[200..length].iter_mut().step_by(7).for_each(|byte| *byte ^= 0x55);
        damaged
    };
    let chained = || [sound("stereo-48k-opus.ogg"), sound("mono-16k-opus.ogg")].concat();
    // A table of four thousand million sizes, each of which is one byte.
    let endless = || {
        let mut file = sound("stereo-48k-aac.m4a");
        let at = file.windows(4).position(|word| word == b"stsz").unwrap();
        file[at + 8..at + 16].copy_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
        file
    };
    // What the head of an Ogg page says of streams; nobody proves the checksum of a page.
    let with_streams = |of: &[u8]| {
        let mut file = sound("surround-48k-opus.ogg");
        let at = file.windows(8).position(|word| word == b"OpusHead").unwrap() + 19;
        file[at..at + of.len()].copy_from_slice(of);
        file
    };
    let head_alone = |name: &str| sound(name)[..200].to_vec();
    for (what, file) in [
        ("nothing", Vec::new()),
        ("words", b"hello".to_vec()),
        ("a page", b"<html><script>alert(1)</script></html>".to_vec()),
        ("zeros", vec![0; 100_000]),
        ("a head alone", head_alone("stereo-44k1-vorbis.ogg")),
        ("a damaged one", damaged()),
        ("two in a row", chained()),
        ("an endless table", endless()),
        ("no samples", wav(8_000, [])),
        ("an impossible rate", wav(1_000, [1; 1_000])),
        ("channels of which nothing is said", sound("unknown-channels-48k-opus.ogg")),
        ("more streams than channels", with_streams(&[9, 2])),
        ("no stream", with_streams(&[0, 0])),
        ("more pairs than streams", with_streams(&[1, 2])),
        ("a loudspeaker that plays what is not there", with_streams(&[4, 2, 0, 4, 1, 2, 3, 6])),
    ] {
        let refused = heard(&file).map(|(heard, _)| heard);
        assert!(matches!(refused, Err(Refusal::Unreadable)), "{what}: {refused:?}");
    }
    let longest = LONGEST as usize * 4_000;
    let (heard_whole, _) = heard(&wav(4_000, std::iter::repeat_n(9, longest))).unwrap();
    assert_eq!(heard_whole.duration_ms, 900_000);
    let longer =
        heard(&wav(4_000, std::iter::repeat_n(9, longest + 5_000))).map(|(heard, _)| heard);
    assert!(matches!(longer, Err(Refusal::TooMuch)), "{longer:?}");
}
