//! What a peer does wrong.

/// Why a connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A bit that belongs to an extension, of which there is none.
    #[error("a reserved bit is set")]
    ReservedBit,
    /// An opcode that means nothing.
    #[error("the opcode is reserved")]
    ReservedOpcode,
    /// A client that does not mask, or a server that does.
    #[error("the frame is masked by a server, or not masked by a client")]
    Masking,
    /// A control frame in pieces or of more than 125 bytes.
    #[error("a control frame is fragmented or too long")]
    Control,
    /// A length in more bytes than it needs, or beyond 63 bits.
    #[error("the length is not written in its shortest form")]
    Length,
    /// A continuation of nothing, or a message within a message.
    #[error("a fragment is out of order")]
    Order,
    /// A close frame with half a code, or with one that may not be sent.
    #[error("the close code is invalid")]
    CloseCode,
    /// A text, or the reason of a close frame, that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// A message beyond the reader's limit.
    #[error("the message is too large")]
    TooLarge,
}

impl Fault {
    /// The close code that tells the peer.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
            _ => 1002,
        }
    }
}
