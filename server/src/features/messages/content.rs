//! What a message says and carries. One value travels from both entrances to the writer, so that another
//! kind of content is another part here and nowhere a second argument.

use adda_protocol::{MessageText, WrittenText};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::MessageError;

/// What an event says of one thing that a message carries, in bytes.
const MEDIA_BYTES: usize = 1_024;

/// The content of a message: words, something that was uploaded, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    text: Option<MessageText>,
    /// Uploads of the sender's, in their order, each once.
    media: Vec<Uuid>,
    /// What stood in the very frame, by its hash: it is another upload each time that it is sent.
    inline: Option<[u8; 32]>,
}

impl Content {
    /// # Errors
    /// [`MessageError::Empty`] for nothing at all, [`MessageError::NoSuchMedia`] for one thing twice.
    pub(crate) fn new(text: Option<WrittenText>, media: Vec<Uuid>) -> Result<Self, MessageError> {
        let text = text.and_then(WrittenText::into_message_text);
        if text.is_none() && media.is_empty() {
            return Err(MessageError::Empty);
        }
        let is_repeated = (1..media.len()).any(|at| media[..at].contains(&media[at]));
        let content = Self { text, media, inline: None };
        if is_repeated { Err(MessageError::NoSuchMedia) } else { Ok(content) }
    }

    /// What an edited message shall say: nothing at all only where it carries something, as the writer knows.
    pub(crate) fn edited(text: WrittenText) -> Self {
        Self { text: text.into_message_text(), media: Vec::new(), inline: None }
    }

    /// With what was sent in the same frame, which is this upload by now and had this hash.
    pub(super) fn with_inline(text: Option<MessageText>, upload: Uuid, hash: [u8; 32]) -> Self {
        Self { text, media: vec![upload], inline: Some(hash) }
    }

    /// The words in it, where people can be mentioned and links be found.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(MessageText::as_str)
    }

    /// The uploads that it shall carry.
    pub(super) fn media(&self) -> &[Uuid] {
        &self.media
    }

    /// How many bytes of an event it makes, about.
    pub(super) fn size(&self) -> usize {
        self.text().map_or(0, str::len) + self.media.len() * MEDIA_BYTES
    }

    /// Tells a repeat of a send from another message under the same `client_id`. It is stored: what one
    /// content gives may never change.
    pub(super) fn digest(&self) -> i64 {
        let mut hash = Sha256::new();
        // No text begins like these.
        if let Some(inline) = self.inline {
            hash.update([0xfe]);
            hash.update(inline);
            hash.update([0xfe]);
        } else if !self.media.is_empty() {
            hash.update([0xff]);
            self.media.iter().for_each(|id| hash.update(id.as_bytes()));
            hash.update([0xff]);
        }
        hash.update(self.text().unwrap_or_default());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        i64::from_be_bytes(first)
    }
}

impl From<MessageText> for Content {
    fn from(text: MessageText) -> Self {
        Self { text: Some(text), media: Vec::new(), inline: None }
    }
}
