//! Packets become samples of one channel, whatever codec they are of.

use rusty_aac::AacDecoder;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

use super::channels::mix;
use super::opus::{OPUS_RATE, Opus};
use super::vorbis::Vorbis;
use crate::confined::Refusal;

/// One stream's decoder.
pub(super) struct Decoder {
    codec: Codec,
    /// The samples of the last packet.
    mono: Vec<f32>,
    good: u64,
    bad: u64,
}

enum Codec {
    Opus(Opus),
    Aac(Box<AacDecoder>),
    Vorbis(Box<Vorbis>),
    Other { decoder: Box<dyn AudioDecoder>, interleaved: Vec<f32> },
}

impl Decoder {
    /// # Errors
    /// [`Refusal::Unreadable`] for a codec that is not read.
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self, Refusal> {
        let head = || parameters.extra_data.as_deref().ok_or(Refusal::Unreadable);
        let codec = match parameters.codec {
            CODEC_ID_OPUS => Codec::Opus(Opus::new(head()?)?),
            CODEC_ID_AAC => {
                let decoder = AacDecoder::with_config_bytes(head()?);
                Codec::Aac(Box::new(decoder.map_err(|_| Refusal::Unreadable)?))
            }
            CODEC_ID_VORBIS => Codec::Vorbis(Box::new(Vorbis::new(head()?)?)),
            _ => {
                let decoder = symphonia::default::get_codecs()
                    .make_audio_decoder(parameters, &AudioDecoderOptions::default())
                    .map_err(refusal)?;
                Codec::Other { decoder, interleaved: Vec::new() }
            }
        };
        Ok(Self { codec, mono: Vec::new(), good: 0, bad: 0 })
    }

    /// The samples of a packet, the mean of all channels, and their rate; none of one that is damaged.
    ///
    /// # Errors
    /// What cannot go on.
    pub(super) fn decode(&mut self, packet: &Packet) -> Result<(&[f32], u32), Refusal> {
        self.mono.clear();
        let rate = self.codec.decode(packet, &mut self.mono)?;
        *(if rate.is_some() { &mut self.good } else { &mut self.bad }) += 1;
        if rate.is_none() {
            self.mono.clear();
        }
        Ok((&self.mono, rate.unwrap_or(OPUS_RATE)))
    }

    /// Whether what was decoded was a recording: here and there a packet may be damaged.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`].
    pub(super) fn has_decoded(&self) -> Result<(), Refusal> {
        if self.good > 0 && self.bad <= self.good / 10 { Ok(()) } else { Err(Refusal::Unreadable) }
    }
}

impl Codec {
    /// The rate of the samples that it puts there, or nothing for a damaged packet.
    fn decode(&mut self, packet: &Packet, mono: &mut Vec<f32>) -> Result<Option<u32>, Refusal> {
        match self {
            Self::Opus(opus) => Ok(opus.decode(&packet.data, mono).map(|()| OPUS_RATE)),
            Self::Aac(decoder) => match decoder.decode(&packet.data, None) {
                Ok(decoded) => {
                    mix(&decoded.samples, usize::from(decoded.channels), mono)?;
                    Ok(Some(decoded.sample_rate))
                }
                Err(rusty_aac::Error::InvalidData(_) | rusty_aac::Error::Again) => Ok(None),
                Err(_) => Err(Refusal::Unreadable),
            },
            Self::Vorbis(vorbis) => Ok(vorbis.decode(packet, mono)),
            Self::Other { decoder, interleaved } => match decoder.decode(packet) {
                Ok(decoded) => {
                    interleaved.resize(decoded.samples_interleaved(), 0.0);
                    decoded.copy_to_slice_interleaved(&mut *interleaved);
                    mix(interleaved, decoded.spec().channels().count(), mono)?;
                    Ok(Some(decoded.spec().rate()))
                }
                Err(Error::DecodeError(_)) => Ok(None),
                Err(error) => Err(refusal(error)),
            },
        }
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
