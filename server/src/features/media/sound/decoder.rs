//! Packets become samples of one channel, whatever codec they are of.

use rusty_opus::OpusDecoder;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

use super::rate::HIGHEST_RATE;
use crate::confined::Refusal;

/// Opus is decoded at the rate that is written: it has every rate in itself.
const OPUS_RATE: u32 = HIGHEST_RATE;
/// The longest packet of Opus, 120 ms.
const OPUS_PACKET: usize = OPUS_RATE as usize * 120 / 1_000;
/// The rate in which the head of an Opus stream counts.
const OPUS_HEAD_RATE: usize = 48_000;
/// More channels than this has no recording of a voice.
const MOST_CHANNELS: usize = 8;

/// One stream's decoder.
pub(super) struct Decoder {
    codec: Codec,
    /// The samples of the last packet.
    mono: Vec<f32>,
    good: u64,
    bad: u64,
}

enum Codec {
    Opus {
        decoder: Box<OpusDecoder>,
        /// What is left to be passed over of what the encoder put before the recording.
        skip: usize,
    },
    Other {
        decoder: Box<dyn AudioDecoder>,
        interleaved: Vec<f32>,
    },
}

impl Decoder {
    /// # Errors
    /// [`Refusal::Unreadable`] for a codec that is not read.
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self, Refusal> {
        let codec = if parameters.codec == CODEC_ID_OPUS {
            let head = OpusHead::of(parameters)?;
            let rate = i32::try_from(OPUS_RATE).map_err(|_| Refusal::Unreadable)?;
            let decoder = OpusDecoder::new(rate, 1).map_err(|_| Refusal::Unreadable)?;
            let skip = head.pre_skip * OPUS_RATE as usize / OPUS_HEAD_RATE;
            Codec::Opus { decoder: Box::new(decoder), skip }
        } else {
            let decoder = symphonia::default::get_codecs()
                .make_audio_decoder(parameters, &AudioDecoderOptions::default())
                .map_err(refusal)?;
            Codec::Other { decoder, interleaved: Vec::new() }
        };
        Ok(Self { codec, mono: Vec::new(), good: 0, bad: 0 })
    }

    /// The samples of a packet and their rate; none of one that is damaged.
    ///
    /// # Errors
    /// What cannot go on.
    pub(super) fn decode(&mut self, packet: &Packet) -> Result<(&[f32], u32), Refusal> {
        let Self { codec, mono, good, bad } = self;
        mono.clear();
        let rate = match codec {
            Codec::Opus { decoder, skip } => {
                mono.resize(OPUS_PACKET, 0.0);
                let decoded = decoder.decode(&packet.data, OPUS_PACKET, mono);
                mono.truncate(*decoded.as_ref().unwrap_or(&0));
                let passed_over = mono.len().min(*skip);
                mono.drain(..passed_over);
                *skip -= passed_over;
                *(if decoded.is_ok() { good } else { bad }) += 1;
                OPUS_RATE
            }
            Codec::Other { decoder, interleaved } => match decoder.decode(packet) {
                Ok(decoded) => {
                    let (channels, rate) =
                        (decoded.spec().channels().count(), decoded.spec().rate());
                    if channels == 0 || channels > MOST_CHANNELS {
                        return Err(Refusal::Unreadable);
                    }
                    interleaved.resize(decoded.samples_interleaved(), 0.0);
                    decoded.copy_to_slice_interleaved(&mut *interleaved);
                    let frames = interleaved.chunks_exact(channels);
                    mono.extend(frames.map(|frame| frame.iter().sum::<f32>() / channels as f32));
                    *good += 1;
                    rate
                }
                Err(Error::DecodeError(_)) => {
                    *bad += 1;
                    OPUS_RATE
                }
                Err(error) => return Err(refusal(error)),
            },
        };
        Ok((mono, rate))
    }

    /// Whether what was decoded was a recording: here and there a packet may be damaged.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`].
    pub(super) fn has_decoded(&self) -> Result<(), Refusal> {
        if self.good > 0 && self.bad <= self.good / 10 { Ok(()) } else { Err(Refusal::Unreadable) }
    }
}

/// What an error of a container or a codec says of the file.
pub(super) fn refusal(error: Error) -> Refusal {
    match error {
        // What the system says of the disk has its number; whoever reads a container says the like of what
        // it finds in it.
        Error::IoError(error) if error.raw_os_error().is_some() => Refusal::Io(error),
        Error::LimitError(_) => Refusal::TooMuch,
        _ => Refusal::Unreadable,
    }
}

/// The head of an Opus stream (RFC 7845), as containers carry it.
struct OpusHead {
    /// What the encoder put before the recording, at 48 kHz.
    pre_skip: usize,
}

impl OpusHead {
    fn of(parameters: &AudioCodecParameters) -> Result<Self, Refusal> {
        let head = parameters.extra_data.as_deref().ok_or(Refusal::Unreadable)?;
        let field = |at: usize| head.get(at).copied().ok_or(Refusal::Unreadable);
        // Several streams in one, for loudspeakers all around, are not taken.
        if !head.starts_with(b"OpusHead") || field(18)? != 0 || !matches!(field(9)?, 1 | 2) {
            return Err(Refusal::Unreadable);
        }
        Ok(Self { pre_skip: usize::from(u16::from_le_bytes([field(10)?, field(11)?])) })
    }
}
