//! Recordings, pictures and files.

use poem_openapi::Object;
use uuid::Uuid;

use crate::Timestamp;

/// A file that can be played or shown.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct Source {
    /// Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses.
    pub url: String,
    /// Its type.
    pub mime: String,
    /// Its length.
    pub bytes: i64,
}

/// A voice message.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Audio {
    /// Its id, which is also the name of its files.
    pub id: Uuid,
    /// How long it is, in milliseconds.
    pub duration_ms: i64,
    /// How loud it is in each of 64 parts of the same length, from 0 to 31, which is the loudest of all.
    pub waveform: Vec<u8>,
    /// The recording as it was sent, which is small, and last a WAV file, which plays everywhere.
    pub sources: Vec<Source>,
    /// When it was listened to, in a private room where neither hid by then what they have read.
    pub listened_at: Option<Timestamp>,
}

/// A picture. It was decoded and made anew: upright, without anything of where and with what it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Image {
    /// Its id, which is also the name of its files.
    pub id: Uuid,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
    /// A blurred image of it in some 25 bytes (thumbhash), in base64, to be shown until it is there.
    pub thumbhash: String,
    /// Whether it moves. Its smaller sizes stand still.
    pub animated: bool,
    /// Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses.
    pub url: String,
    /// Its type.
    pub mime: String,
    /// Its length.
    pub bytes: i64,
    /// Where the smallest of `sizes` is, or the picture itself where it is small.
    pub thumb_url: String,
    /// Smaller ones of it, the smallest first; none where it is small itself.
    pub sizes: Vec<ImageSize>,
    /// What the file was called.
    pub name: Option<String>,
}

/// A smaller one of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ImageSize {
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
    /// Where it is, as long as the picture itself.
    pub url: String,
    /// Its type.
    pub mime: String,
    /// Its length.
    pub bytes: i64,
}

/// A file that is downloaded, and shown by nobody.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What its name says that it is; it is delivered as bytes.
    pub mime: String,
    /// Its length.
    pub bytes: i64,
    /// Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses.
    pub url: String,
}

/// What was uploaded: attach it to a message by its id within a day. One of the three is there.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Media {
    /// Its id.
    pub id: Uuid,
    /// A recording; without `listened_at`, which its message alone says.
    pub audio: Option<Audio>,
    /// A picture.
    pub image: Option<Image>,
    /// Any other file.
    pub file: Option<File>,
}

/// How much of what somebody uploaded is kept, and of what all people did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct MediaUsage {
    /// In bytes, as it is stored: also what no message carries yet.
    pub used_bytes: u64,
    /// So many bytes they may have.
    pub quota_bytes: u64,
    /// In bytes, what all people have; until its files are removed, also what was deleted.
    pub total_used_bytes: u64,
    /// So many bytes all people may have together.
    pub total_quota_bytes: u64,
}

/// A recording or a picture within a frame.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct InlineMedia {
    /// What its sender takes it for; what it is shows when it is decoded.
    pub mime: Option<String>,
    /// Its bytes in base64, at most 2 MiB of them, with or without `data:…;base64,` before.
    pub data: String,
    /// What the file is called.
    pub filename: Option<String>,
}
