//! The container of WebP (RFC 9649): of an animation, the chunks that make up its frames, and no others.

use std::io::{BufRead, ErrorKind, Read, Seek, SeekFrom};

use crate::bounds::Frames;
use crate::refusal::Refusal;

/// The longest animation, which is held as it is written.
const LONGEST: u64 = 25 * 1024 * 1024;
/// In the chunk of features.
const ANIMATION: u8 = 1 << 1;
const ALPHA: u8 = 1 << 4;
/// Of the head of a frame: place, size, duration, how it is drawn.
const FRAME_HEAD: usize = 16;

/// Which chunks of an animation are kept, in their order.
#[derive(Debug, Default)]
pub(super) struct Container {
    kept: Vec<Chunk>,
    frames: Frames,
}

#[derive(Debug)]
enum Chunk {
    /// What the file is: 10 bytes of features and size.
    Features([u8; 10]),
    /// Background and number of loops.
    Animation([u8; 6]),
    Frame([u8; FRAME_HEAD], Vec<Stream>),
}

/// A compressed frame, or its alpha.
#[derive(Debug)]
struct Stream {
    name: [u8; 4],
    /// Where its content is in the file.
    at: u64,
    length: u32,
}

/// The head of a chunk.
struct Found {
    name: [u8; 4],
    at: u64,
    length: u32,
}

impl Found {
    fn end(&self) -> u64 {
        self.at + u64::from(self.length).next_multiple_of(2)
    }
}

impl Container {
    /// How many frames there are: none where the file is no animation.
    pub(super) fn frames(&self) -> u64 {
        self.frames.count()
    }

    /// Reads the heads of all chunks.
    pub(super) fn survey(file: &mut (impl BufRead + Seek)) -> Result<Self, Refusal> {
        let mut container = Self::default();
        let riff: [u8; 12] = bytes(file)?;
        let length = u32::from_le_bytes([riff[4], riff[5], riff[6], riff[7]]);
        let end = 8 + u64::from(length);
        while let Some(chunk) = next(file, end)? {
            match (&chunk.name, container.kept.as_slice()) {
                (b"VP8X", []) => container.kept.push(Chunk::Features(features(bytes(file)?))),
                (b"ANIM", [Chunk::Features(_)]) => {
                    container.kept.push(Chunk::Animation(bytes(file)?));
                }
                (b"ANMF", [Chunk::Features(_), Chunk::Animation(_), ..]) => {
                    container.survey_frame(file, &chunk)?;
                }
                _ => {}
            }
            file.seek(SeekFrom::Start(chunk.end()))?;
        }
        Ok(container)
    }

    fn survey_frame(
        &mut self,
        file: &mut (impl BufRead + Seek),
        frame: &Found,
    ) -> Result<(), Refusal> {
        let head: [u8; FRAME_HEAD] = bytes(file)?;
        let side = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], 0]) + 1;
        self.frames.add(side(6), side(9))?;
        let mut streams = Vec::new();
        while let Some(Found { name, at, length }) = next(file, frame.end())? {
            if matches!(&name, b"ALPH" | b"VP8 " | b"VP8L") {
                streams.push(Stream { name, at, length });
            }
            file.seek(SeekFrom::Start(Found { name, at, length }.end()))?;
        }
        self.kept.push(Chunk::Frame(head, streams));
        Ok(())
    }

    /// The animation of the chunks that are kept.
    pub(super) fn write(&self, file: &mut (impl BufRead + Seek)) -> Result<Vec<u8>, Refusal> {
        let length = 12 + self.kept.iter().map(|chunk| 8 + chunk.length()).sum::<u64>();
        if length > LONGEST {
            return Err(Refusal::TooMuch);
        }
        let mut written = Vec::with_capacity(length as usize);
        written.extend(b"RIFF");
        written.extend((length as u32 - 8).to_le_bytes());
        written.extend(b"WEBP");
        for chunk in &self.kept {
            chunk.write(file, &mut written)?;
        }
        Ok(written)
    }
}

impl Chunk {
    /// Of its content.
    fn length(&self) -> u64 {
        match self {
            Self::Features(features) => features.len() as u64,
            Self::Animation(animation) => animation.len() as u64,
            Self::Frame(head, streams) => {
                let streams = streams.iter().map(|stream| 8 + stream.padded());
                head.len() as u64 + streams.sum::<u64>()
            }
        }
    }

    fn write(
        &self,
        file: &mut (impl BufRead + Seek),
        written: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let length = self.length() as u32;
        match self {
            Self::Features(features) => {
                begin(written, *b"VP8X", length);
                written.extend(features);
            }
            Self::Animation(animation) => {
                begin(written, *b"ANIM", length);
                written.extend(animation);
            }
            Self::Frame(head, streams) => {
                begin(written, *b"ANMF", length);
                written.extend(head);
                for stream in streams {
                    stream.write(file, written)?;
                }
            }
        }
        Ok(())
    }
}

impl Stream {
    fn padded(&self) -> u64 {
        u64::from(self.length).next_multiple_of(2)
    }

    fn write(
        &self,
        file: &mut (impl BufRead + Seek),
        written: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        begin(written, self.name, self.length);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.take(self.length.into()).read_to_end(written)?;
        if read < self.length as usize {
            return Err(Refusal::Unreadable);
        }
        written.resize(written.len() + (self.padded() - u64::from(self.length)) as usize, 0);
        Ok(())
    }
}

fn begin(written: &mut Vec<u8>, name: [u8; 4], length: u32) {
    written.extend(name);
    written.extend(length.to_le_bytes());
}

/// Of the features, only that it moves and is seen through; profile, EXIF and XMP are not kept.
fn features(mut features: [u8; 10]) -> [u8; 10] {
    features[0] &= ANIMATION | ALPHA;
    features[1..4].fill(0);
    features
}

fn bytes<const COUNT: usize>(file: &mut impl Read) -> Result<[u8; COUNT], Refusal> {
    let mut bytes = [0; COUNT];
    file.read_exact(&mut bytes).map_err(Refusal::reading)?;
    Ok(bytes)
}

/// The next chunk before an end, if there is one.
fn next(file: &mut (impl BufRead + Seek), end: u64) -> Result<Option<Found>, Refusal> {
    let at = file.stream_position()?;
    if at + 8 > end {
        return Ok(None);
    }
    let mut head = [0; 8];
    match file.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(Refusal::Io(error)),
    }
    let [name @ .., _, _, _, _] = head;
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    Ok(Some(Found { name, at: at + 8, length }))
}
