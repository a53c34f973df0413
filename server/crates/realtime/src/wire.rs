//! The form in which an envelope travels between nodes.
//!
//! One byte for the version of the form, one for the kind, then the fields in the order of [`Envelope`]'s
//! definition: whole numbers as LEB128, those that may be negative in zigzag first; a frame as its length
//! and its bytes; what may be absent after a byte that is zero or one. Nothing may follow. A node that
//! meets a version or a kind that it does not know drops the envelope.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::envelope::{Envelope, HintKind, MembershipChange, Topic};

const VERSION: u8 = 1;

/// Why bytes are no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They end too early.
    #[error("an envelope is cut off")]
    Truncated,
    /// Something follows.
    #[error("something follows an envelope")]
    TooLong,
    /// Another version made them.
    #[error("an envelope has the unknown version {0}")]
    Version(u8),
    /// A kind that is not known.
    #[error("an envelope has the unknown kind {0}")]
    Kind(u8),
    /// A field has a value that it cannot have.
    #[error("an envelope has a field that means nothing")]
    Field,
}

/// The kinds, as they are written.
mod kind {
    pub(super) const EVENTS: u8 = 1;
    pub(super) const HEAD: u8 = 2;
    pub(super) const HINT: u8 = 3;
    pub(super) const STATE: u8 = 4;
    pub(super) const MEMBERSHIP: u8 = 5;
    pub(super) const USER: u8 = 6;
    pub(super) const EVERYONE: u8 = 7;
    pub(super) const USER_CHANGED: u8 = 8;
}

impl Envelope {
    /// The envelope as bytes.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let mut out = Writer::with_capacity(64 + self.frames_len());
        self.write(&mut out);
        out.freeze()
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        match self {
            Self::Events { topic, members_version, first, frames } => {
                out.head(kind::EVENTS).topic(*topic).signed(*members_version).signed(*first);
                out.unsigned(frames.len() as u64);
                frames.iter().for_each(|frame| out.frame(frame));
            }
            Self::Head { topic, members_version, last } => {
                out.head(kind::HEAD).topic(*topic).signed(*members_version).signed(*last);
            }
            Self::Hint { topic, members_version, from, kind: HintKind(hint), frame } => {
                out.head(kind::HINT).topic(*topic).signed(*members_version).signed(*from);
                out.byte(*hint).frame(frame);
            }
            Self::State { topic, members_version, frame } => {
                out.head(kind::STATE).topic(*topic).signed(*members_version).frame(frame);
            }
            Self::Membership { topic, members_version, user_id, change } => {
                out.head(kind::MEMBERSHIP).topic(*topic).signed(*members_version);
                out.signed(*user_id).byte(u8::from(*change == MembershipChange::Left));
            }
            Self::User { topic, user_id, frame } => {
                out.head(kind::USER).byte(u8::from(topic.is_some()));
                if let Some(topic) = topic {
                    out.topic(*topic);
                }
                out.signed(*user_id).frame(frame);
            }
            Self::Everyone { frame } => out.head(kind::EVERYONE).frame(frame),
            Self::UserChanged { user_id } => {
                out.head(kind::USER_CHANGED).signed(*user_id);
            }
        }
    }

    /// The envelope that these bytes are; its frames share them.
    ///
    /// # Errors
    /// [`DecodeError`]
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes);
        match from.byte()? {
            VERSION => {}
            other => return Err(DecodeError::Version(other)),
        }
        let envelope = match from.byte()? {
            kind::EVENTS => {
                let (topic, members_version) = (from.topic()?, from.signed()?);
                let (first, count) = (from.signed()?, from.count()?);
                // Their numbers must exist.
                first.checked_add(count as i64).ok_or(DecodeError::Field)?;
                let frames = (0..count).map(|_| from.frame()).collect::<Result<_, _>>()?;
                Self::Events { topic, members_version, first, frames }
            }
            kind::HEAD => Self::Head {
                topic: from.topic()?,
                members_version: from.signed()?,
                last: from.signed()?,
            },
            kind::HINT => Self::Hint {
                topic: from.topic()?,
                members_version: from.signed()?,
                from: from.signed()?,
                kind: HintKind(from.byte()?),
                frame: from.frame()?,
            },
            kind::STATE => Self::State {
                topic: from.topic()?,
                members_version: from.signed()?,
                frame: from.frame()?,
            },
            kind::MEMBERSHIP => Self::Membership {
                topic: from.topic()?,
                members_version: from.signed()?,
                user_id: from.signed()?,
                change: match from.flag()? {
                    false => MembershipChange::Joined,
                    true => MembershipChange::Left,
                },
            },
            kind::USER => Self::User {
                topic: from.flag()?.then(|| from.topic()).transpose()?,
                user_id: from.signed()?,
                frame: from.frame()?,
            },
            kind::EVERYONE => Self::Everyone { frame: from.frame()? },
            kind::USER_CHANGED => Self::UserChanged { user_id: from.signed()? },
            other => return Err(DecodeError::Kind(other)),
        };
        from.end()?;
        Ok(envelope)
    }

    pub(crate) fn frames_len(&self) -> usize {
        match self {
            Self::Events { frames, .. } => frames.iter().map(|frame| frame.len() + 5).sum(),
            Self::Hint { frame, .. }
            | Self::State { frame, .. }
            | Self::User { frame, .. }
            | Self::Everyone { frame } => frame.len(),
            Self::Head { .. } | Self::Membership { .. } | Self::UserChanged { .. } => 0,
        }
    }
}

pub(crate) struct Writer(BytesMut);

impl Writer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(BytesMut::with_capacity(capacity))
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn freeze(self) -> Bytes {
        self.0.freeze()
    }

    fn head(&mut self, kind: u8) -> &mut Self {
        self.byte(VERSION).byte(kind)
    }

    pub(crate) fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.put_u8(byte);
        self
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.put_slice(bytes);
    }

    /// Ascending ids: how many, then what each is more than the one before.
    pub(crate) fn ascending(&mut self, ids: impl ExactSizeIterator<Item = i64>) -> &mut Self {
        self.unsigned(ids.len() as u64);
        let mut last = 0;
        for id in ids {
            self.signed(id.wrapping_sub(last));
            last = id;
        }
        self
    }

    pub(crate) fn fixed(&mut self, number: u64) -> &mut Self {
        self.0.put_u64(number);
        self
    }

    pub(crate) fn unsigned(&mut self, mut number: u64) -> &mut Self {
        while number >= 0x80 {
            self.0.put_u8(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8)
    }

    fn signed(&mut self, number: i64) -> &mut Self {
        self.unsigned(((number << 1) ^ (number >> 63)).cast_unsigned())
    }

    fn topic(&mut self, topic: Topic) -> &mut Self {
        self.byte(topic.space).signed(topic.id)
    }

    fn frame(&mut self, frame: &Bytes) {
        self.unsigned(frame.len() as u64);
        self.0.put_slice(frame);
    }
}

pub(crate) struct Reader(Bytes);

impl Reader {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::TooLong) }
    }

    pub(crate) fn ascending(&mut self) -> Result<Vec<i64>, DecodeError> {
        let (count, mut last) = (self.count()?, 0_i64);
        let next = |_| {
            last = last.wrapping_add(self.signed()?);
            Ok(last)
        };
        (0..count).map(next).collect()
    }

    pub(crate) fn rest(self) -> Bytes {
        self.0
    }

    pub(crate) fn fixed(&mut self) -> Result<u64, DecodeError> {
        self.0.try_get_u64().map_err(|_| DecodeError::Truncated)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.0.try_get_u8().map_err(|_| DecodeError::Truncated)
    }

    fn flag(&mut self) -> Result<bool, DecodeError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Field),
        }
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            let shifted = bits << shift;
            if shifted >> shift != bits {
                return Err(DecodeError::Field);
            }
            number |= shifted;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DecodeError::Field)
    }

    fn signed(&mut self) -> Result<i64, DecodeError> {
        let number = self.unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// How many frames or ids follow: each has a byte at least, so that no number makes room for more than came.
    fn count(&mut self) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.unsigned()?).map_err(|_| DecodeError::Truncated)?;
        if count > self.0.remaining() { Err(DecodeError::Truncated) } else { Ok(count) }
    }

    fn topic(&mut self) -> Result<Topic, DecodeError> {
        Ok(Topic { space: self.byte()?, id: self.signed()? })
    }

    fn frame(&mut self) -> Result<Bytes, DecodeError> {
        let length = usize::try_from(self.unsigned()?).map_err(|_| DecodeError::Truncated)?;
        if length > self.0.remaining() {
            return Err(DecodeError::Truncated);
        }
        Ok(self.0.split_to(length))
    }
}
