//! Recordings, pictures and files.

use poem_openapi::Object;
use uuid::Uuid;

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
pub struct Audio {
    /// Its id, which is also the name of its files.
    pub id: Uuid,
    /// How long it is, in milliseconds.
    pub duration_ms: i64,
    /// How loud it is in each of 64 parts of the same length, from 0 to 31, which is the loudest of all.
    pub waveform: Vec<u8>,
    /// The recording as it was sent, which is small, and last a WAV file, which plays everywhere.
    pub sources: Vec<Source>,
}

/// What was uploaded: attach it to a message by its id within a day.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Media {
    /// Its id.
    pub id: Uuid,
    /// A recording.
    pub audio: Option<Audio>,
}
