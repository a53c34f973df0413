//! Proves that a recording is sound by decoding it, and makes of it a file that plays everywhere.
//!
//! It is done in a confined process: whatever a file makes a decoder do, it takes no more than that is
//! given. What is written is a WAV file (PCM, 16 bit, one channel, at most 24 kHz), and what is answered is
//! how long it is and how loud when.

use std::fs::File;
use std::io::{BufWriter, ErrorKind};

use hound::{SampleFormat, WavSpec, WavWriter};
use serde::{Deserialize, Serialize};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use self::decoder::{Decoder, refusal};
use self::rate::{HIGHEST_RATE, ToRate};
use self::waveform::Waveform;
use crate::confined::Refusal;

mod channels;
mod decoder;
mod opus;
mod rate;
mod vorbis;
mod waveform;

#[cfg(test)]
mod tests;

/// The command of this program that is [`hear_here`], in a confined process.
pub(crate) const COMMAND: &str = "hear-sound";
/// The longest recording, in seconds.
const LONGEST: u64 = 15 * 60;
/// The rates that are read.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// What is known of a recording once it was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heard {
    /// How long it is, in milliseconds.
    pub(super) duration_ms: i64,
    /// How loud it is at its loudest in each of 64 parts of the same length, from 0 to 31, which is the
    /// loudest of all; on a scale that is about that of ears. All 0 where nothing is to be heard.
    pub(super) waveform: Vec<u8>,
    /// The kind of the file as it was sent.
    pub(super) kind: SoundKind,
}

/// The kinds of files that are taken, as browsers and telephones record them and people have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SoundKind {
    /// Matroska for the web: Chromium and Firefox.
    Webm,
    /// Firefox, and files.
    Ogg,
    /// Safari.
    Mp4,
    Wav,
    Mp3,
    Flac,
}

impl SoundKind {
    /// By the short name that symphonia has for the container.
    fn of(format: &str) -> Option<Self> {
        match format {
            "matroska" => Some(Self::Webm),
            "ogg" => Some(Self::Ogg),
            "isomp4" => Some(Self::Mp4),
            "wave" => Some(Self::Wav),
            "mp1" | "mp2" | "mp3" => Some(Self::Mp3),
            "flac" => Some(Self::Flac),
            _ => None,
        }
    }
}

/// Hears the recording in a file, and writes it as WAV into another; what is known is answered as JSON, of
/// [`Heard`].
///
/// # Errors
/// [`Refusal::Unreadable`] for what is no recording that is taken, [`Refusal::TooMuch`] for a longer one.
pub(crate) fn hear_here(file: File, wav: File) -> Result<Vec<u8>, Refusal> {
    let heard = transcode(file, wav)?;
    serde_json::to_vec(&heard).map_err(|error| Refusal::Io(error.into()))
}

fn transcode(file: File, wav: File) -> Result<Heard, Refusal> {
    let source = MediaSourceStream::new(Box::new(file), Default::default());
    let (format_options, metadata_options) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), source, format_options, metadata_options)
        .map_err(refusal)?;
    let kind = SoundKind::of(format.format_info().short_name).ok_or(Refusal::Unreadable)?;
    let track = format.default_track(TrackType::Audio).ok_or(Refusal::Unreadable)?;
    let track_id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|of| of.audio());
    let mut decoder = Decoder::new(parameters.ok_or(Refusal::Unreadable)?)?;

    let mut written = Written { of: None, wav: Some(wav) };
    while let Some(packet) = next_packet(format.as_mut())? {
        if packet.track_id == track_id {
            let (samples, rate) = decoder.decode(&packet)?;
            written.write(samples, rate)?;
        }
    }
    decoder.has_decoded()?;
    let (duration_ms, waveform) = written.finish()?;
    Ok(Heard { duration_ms, waveform, kind })
}

/// A recording that was made live or cut off just ends. One that goes on as another is refused: who plays it
/// as it was sent would hear what was not heard here.
fn next_packet(
    format: &mut dyn FormatReader,
) -> Result<Option<symphonia::core::packet::Packet>, Refusal> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(refusal(error)),
    }
}

/// The file that is written, from the first samples on, whose rate says its own.
struct Written {
    of: Option<Open>,
    wav: Option<File>,
}

struct Open {
    writer: WavWriter<BufWriter<File>>,
    waveform: Waveform,
    to_rate: ToRate,
    source_rate: u32,
    rate: u32,
    samples: u64,
}

impl Written {
    fn write(&mut self, samples: &[f32], source_rate: u32) -> Result<(), Refusal> {
        if samples.is_empty() {
            return Ok(());
        }
        if let Some(wav) = self.wav.take() {
            self.of = Some(Open::new(wav, source_rate)?);
        }
        let open = self.of.as_mut().ok_or(Refusal::Unreadable)?;
        // What changes its rate underway is nothing that anybody records.
        if open.source_rate != source_rate {
            return Err(Refusal::Unreadable);
        }
        open.write(samples)
    }

    fn finish(self) -> Result<(i64, Vec<u8>), Refusal> {
        let mut open = self.of.ok_or(Refusal::Unreadable)?;
        let Open { to_rate, writer, waveform, samples, .. } = &mut open;
        to_rate.finish(|part| append(writer, waveform, samples, part))?;
        let duration_ms = open.samples * 1_000 / u64::from(open.rate);
        open.writer.finalize().map_err(wav_refusal)?;
        let duration_ms = i64::try_from(duration_ms).map_err(|_| Refusal::TooMuch)?;
        Ok((duration_ms, open.waveform.finish()))
    }
}

impl Open {
    fn new(wav: File, source_rate: u32) -> Result<Self, Refusal> {
        if !RATES.contains(&source_rate) {
            return Err(Refusal::Unreadable);
        }
        let rate = source_rate.min(HIGHEST_RATE);
        let spec = WavSpec {
            channels: 1,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        Ok(Self {
            writer: WavWriter::new(BufWriter::new(wav), spec).map_err(wav_refusal)?,
            waveform: Waveform::new(rate),
            to_rate: ToRate::new(source_rate, rate)?,
            source_rate,
            rate,
            samples: 0,
        })
    }

    fn write(&mut self, samples: &[f32]) -> Result<(), Refusal> {
        let Self { to_rate, writer, waveform, samples: written, .. } = self;
        to_rate.push(samples, |part| append(writer, waveform, written, part))?;
        if self.samples > LONGEST * u64::from(self.rate) {
            return Err(Refusal::TooMuch);
        }
        Ok(())
    }
}

fn append(
    writer: &mut WavWriter<BufWriter<File>>,
    waveform: &mut Waveform,
    written: &mut u64,
    samples: &[f32],
) -> Result<(), Refusal> {
    for sample in samples {
        // `as` saturates, and makes silence of what is no number.
        let sample = (sample * 32_768.0).round() as i16;
        waveform.push(sample);
        writer.write_sample(sample).map_err(wav_refusal)?;
    }
    *written += samples.len() as u64;
    Ok(())
}

fn wav_refusal(error: hound::Error) -> Refusal {
    match error {
        hound::Error::IoError(error) => Refusal::Io(error),
        _ => Refusal::TooMuch,
    }
}
