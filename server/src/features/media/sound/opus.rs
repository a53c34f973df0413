//! Opus, of one channel or of several: then each packet is a row of packets, one for each stream (RFC 7845,
//! section 5.1.1).

use rusty_opus::OpusDecoder;

use super::channels::MOST_CHANNELS;
use super::rate::HIGHEST_RATE;
use crate::confined::Refusal;

/// Opus is decoded at the rate that is written: it has every rate in itself.
pub(super) const OPUS_RATE: u32 = HIGHEST_RATE;
/// The longest packet, 120 ms.
const PACKET: usize = OPUS_RATE as usize * 120 / 1_000;
/// The rate in which the head counts.
const HEAD_RATE: usize = 48_000;

/// The streams of a recording, which become one channel.
pub(super) struct Opus {
    streams: Vec<Stream>,
    /// What is left to be passed over of what the encoder put before the recording.
    skip: usize,
    samples: Vec<f32>,
}

/// One or two channels, decoded as one.
struct Stream {
    decoder: Box<OpusDecoder>,
    /// What it counts for among all channels.
    weight: f32,
}

impl Opus {
    /// # Errors
    /// [`Refusal::Unreadable`] for a head that is none, or whose channels are no loudspeakers'.
    pub(super) fn new(head: &[u8]) -> Result<Self, Refusal> {
        let head = Head::read(head).ok_or(Refusal::Unreadable)?;
        let rate = i32::try_from(OPUS_RATE).map_err(|_| Refusal::Unreadable)?;
        let stream = |weight| {
            let decoder = OpusDecoder::new(rate, 1).map_err(|_| Refusal::Unreadable)?;
            Ok(Stream { decoder: Box::new(decoder), weight })
        };
        Ok(Self {
            streams: head.weights.into_iter().map(stream).collect::<Result<_, Refusal>>()?,
            skip: head.pre_skip * OPUS_RATE as usize / HEAD_RATE,
            samples: vec![0.0; PACKET],
        })
    }

    /// The mean of all channels of a packet; none of one that is damaged.
    pub(super) fn decode(&mut self, packet: &[u8], mono: &mut Vec<f32>) -> Option<()> {
        let Self { streams, skip, samples } = self;
        let (last, others) = streams.split_last_mut()?;
        let mut rest = packet;
        for stream in others {
            let (of_stream, behind) = first_of_several(rest)?;
            stream.add(&of_stream, samples, mono)?;
            rest = behind;
        }
        last.add(rest, samples, mono)?;
        let passed_over = mono.len().min(*skip);
        mono.drain(..passed_over);
        *skip -= passed_over;
        Some(())
    }
}

impl Stream {
    fn add(&mut self, packet: &[u8], samples: &mut [f32], mono: &mut Vec<f32>) -> Option<()> {
        let decoded = self.decoder.decode(packet, PACKET, samples).ok()?;
        let samples = samples.get(..decoded)?;
        if mono.len() < decoded {
            mono.resize(decoded, 0.0);
        }
        let sums = mono.iter_mut().zip(samples);
        sums.for_each(|(sum, sample)| *sum += sample * self.weight);
        Some(())
    }
}

/// What the head of a stream says (RFC 7845, section 5.1), as containers carry it.
struct Head {
    /// What the encoder put before the recording, at 48 kHz.
    pre_skip: usize,
    /// One for each stream: which part of all channels its own are.
    weights: Vec<f32>,
}

impl Head {
    fn read(head: &[u8]) -> Option<Self> {
        let fields = head.strip_prefix(b"OpusHead")?;
        let &[version, channels, skip_a, skip_b, _, _, _, _, _, _, family, ref mapping @ ..] =
            fields
        else {
            return None;
        };
        // In MP4 the head has version 0 and the other order of bytes.
        let pre_skip = match version {
            0 => u16::from_be_bytes([skip_a, skip_b]),
            _ => u16::from_le_bytes([skip_a, skip_b]),
        };
        let weights = match family {
            0 => (channels == 1 || channels == 2).then(|| vec![1.0])?,
            // Loudspeakers in the order of Vorbis. What other channels are is not said, and nobody plays them.
            1 => weights(channels, mapping)?,
            _ => return None,
        };
        Some(Self { pre_skip: usize::from(pre_skip), weights })
    }
}

/// `mapping` is how many streams there are, how many of them have two channels, and which of the channels of
/// the streams each loudspeaker plays; 255 plays none.
fn weights(channels: u8, mapping: &[u8]) -> Option<Vec<f32>> {
    let &[streams, pairs, ref plays @ ..] = mapping else { return None };
    let (streams, pairs) = (usize::from(streams), usize::from(pairs));
    let plays = plays.get(..usize::from(channels))?;
    let fits = (1..=MOST_CHANNELS).contains(&plays.len())
        && (1..=MOST_CHANNELS).contains(&(streams + pairs))
        && pairs <= streams;
    let mut weights = vec![0.0; if fits { streams } else { return None }];
    for played in plays.iter().filter(|played| **played != 255) {
        let played = usize::from(*played);
        let stream = if played < 2 * pairs { played / 2 } else { played - pairs };
        *weights.get_mut(stream)? += 1.0 / plays.len() as f32;
    }
    Some(weights)
}

/// The first of several packets in a row, as it is by itself, and what comes behind it: among several it says
/// how long its last frame is (RFC 6716, appendix B).
fn first_of_several(packets: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut reader = Reader { packets, at: 0 };
    // What the frames before the last one have, and what comes behind the last one.
    let (mut before, mut padding) = (0, 0);
    let mut alike = 0;
    match reader.byte()? & 3 {
        0 => {}
        1 => alike = 1,
        2 => before = reader.length()?,
        _ => {
            let frames = reader.byte()?;
            if frames & 0x40 != 0 {
                loop {
                    let more = usize::from(reader.byte()?);
                    padding += more.min(254);
                    if more < 255 {
                        break;
                    }
                }
            }
            let others = usize::from(frames & 0x3f).checked_sub(1)?;
            if frames & 0x80 == 0 {
                alike = others;
            } else {
                for _ in 0..others {
                    before += reader.length()?;
                }
            }
        }
    }
    let without = reader.at;
    let last = reader.length()?;
    let end = reader.at + before + last * (alike + 1) + padding;
    let behind = packets.get(end..)?;
    Some(([&packets[..without], &packets[reader.at..end]].concat(), behind))
}

struct Reader<'a> {
    packets: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.packets.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// How long a frame is, in one byte or two (RFC 6716, section 3.2.1).
    fn length(&mut self) -> Option<usize> {
        let first = usize::from(self.byte()?);
        Some(if first < 252 { first } else { first + 4 * usize::from(self.byte()?) })
    }
}
