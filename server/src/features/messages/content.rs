//! What a message says. One value travels from both entrances to the row, so that another kind of
//! content is another variant here and nowhere a second mandatory argument.

use adda_protocol::MessageText;
use sha2::{Digest, Sha256};

/// The content of a message, valid as it stands: each kind is checked where it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Words.
    Text(MessageText),
}

impl Content {
    /// The words in it, where people can be mentioned and links be found.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
        }
    }

    /// How many bytes of an event it makes, about.
    pub(super) fn size(&self) -> usize {
        self.text().map_or(0, str::len)
    }

    /// Tells a repeat of a send from another message under the same `client_id`. It is stored: what one
    /// kind of content gives may never change.
    pub(super) fn digest(&self) -> i64 {
        let hash = match self {
            Self::Text(text) => Sha256::digest(text.as_str()),
        };
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        i64::from_be_bytes(first)
    }
}

impl From<MessageText> for Content {
    fn from(text: MessageText) -> Self {
        Self::Text(text)
    }
}
