//! Vorbis, of one channel or of several.

use rusty_vorbis::decode;
use symphonia::core::packet::Packet;

use super::channels::MOST_CHANNELS;
use crate::confined::Refusal;

/// The first of the three heads of a stream is so long.
const IDENTIFICATION: usize = 30;
/// The second: no words about the recording.
const NO_COMMENTS: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";

/// The decoder of one stream.
pub(super) struct Vorbis(decode::Decoder);

impl Vorbis {
    /// `heads` are the first and the third.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] for heads that are none, or have too many channels.
    pub(super) fn new(heads: &[u8]) -> Result<Self, Refusal> {
        let (identification, setup) =
            heads.split_at_checked(IDENTIFICATION).ok_or(Refusal::Unreadable)?;
        let decoder = decode::Decoder::new(identification, NO_COMMENTS, setup)
            .map_err(|_| Refusal::Unreadable)?;
        let channels = 1..=MOST_CHANNELS;
        if channels.contains(&decoder.channels()) {
            Ok(Self(decoder))
        } else {
            Err(Refusal::Unreadable)
        }
    }

    /// The mean of all channels of a packet, and its rate; none of one that is damaged.
    pub(super) fn decode(&mut self, packet: &Packet, mono: &mut Vec<f32>) -> Option<u32> {
        let Self(decoder) = self;
        let frames = decoder.decode(&packet.data).ok()?;
        // The last packet may be longer than the recording.
        let trimmed = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX);
        mono.resize(frames.saturating_sub(trimmed), 0.0);
        for channel in 0..decoder.channels() {
            mono.iter_mut().zip(decoder.channel(channel)).for_each(|(sum, sample)| *sum += sample);
        }
        mono.iter_mut().for_each(|sum| *sum /= decoder.channels() as f32);
        Some(decoder.sample_rate())
    }
}
