//! What arrives.

use std::borrow::Cow;

use crate::Closed;

/// What one frame of the peer brings. Payloads are borrowed from what was read where that is possible:
/// where they are not masked and arrived in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A whole message of text.
    Text(Cow<'a, str>),
    /// A whole message of bytes.
    Binary(Cow<'a, [u8]>),
    /// A piece of a message that does not end it.
    Fragment,
    /// To be answered by a pong with the same payload.
    Ping(Cow<'a, [u8]>),
    /// The answer to a ping, or a heartbeat that nobody asked for.
    Pong(Cow<'a, [u8]>),
    /// The peer closes; nothing is read after it.
    Close(Closed),
}

impl Event<'_> {
    /// The same, without what it borrows.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        let bytes = |bytes: Cow<'_, [u8]>| Cow::Owned(bytes.into_owned());
        match self {
            Self::Text(text) => Event::Text(Cow::Owned(text.into_owned())),
            Self::Binary(payload) => Event::Binary(bytes(payload)),
            Self::Fragment => Event::Fragment,
            Self::Ping(payload) => Event::Ping(bytes(payload)),
            Self::Pong(payload) => Event::Pong(bytes(payload)),
            Self::Close(closed) => Event::Close(closed),
        }
    }

    /// Whether it is about the connection and not part of a message.
    #[must_use]
    pub const fn is_control(&self) -> bool {
        matches!(self, Self::Ping(_) | Self::Pong(_) | Self::Close(_))
    }
}
