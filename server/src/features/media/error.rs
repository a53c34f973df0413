//! What can go wrong with media, and how a person is told.

use std::io;

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use super::kind::Kind;
use crate::failures::{database_problem, storage_problem, store_problem};
use crate::features::accounts::AccountError;
use crate::features::rooms::RoomError;
use crate::incoming::IncomingError;
use crate::limits::TooOften;

/// Why something was not done with a recording or a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    /// There is no such file, or this address does not open it.
    #[error("no such file")]
    NotFound,
    /// What was sent cannot be decoded.
    #[error("not a recording")]
    NotARecording,
    /// A field `kind` with another word.
    #[error("no such kind")]
    NoSuchKind,
    /// More bytes than one of its kind may have.
    #[error("too large")]
    TooLarge(Kind),
    /// What was sent is no picture that is taken.
    #[error("not a picture")]
    NotAPicture,
    /// It is HEIC or AVIF.
    #[error("HEIC or AVIF")]
    HeifNotTaken,
    /// It has more pixels or frames, or takes more to decode, than is given.
    #[error("too many pixels or frames")]
    PictureTooLarge,
    /// What stands in a frame cannot be read.
    #[error("not base64")]
    NotBase64,
    /// More bytes than may stand in a frame.
    #[error("too large for a frame")]
    TooLargeForFrame,
    /// It is longer, or takes more to decode, than is given.
    #[error("the recording is too long")]
    TooLong,
    /// The part that was asked for lies beyond the end of the file, which is so long.
    #[error("beyond the end, at {0}")]
    BeyondTheEnd(u64),
    /// The person has as much as they may.
    #[error("the quota is used up")]
    QuotaExceeded,
    /// All people together have as much as they may.
    #[error("the storage is full")]
    StorageFull,
    /// So many uploads of theirs wait for their rest.
    #[error("too many unfinished uploads")]
    TooManyUnfinished,
    /// An upload has received so many bytes, and is to go on there.
    #[error("it stands at {0}")]
    StandsAt(u64),
    /// More bytes than were announced.
    #[error("more than was announced")]
    BeyondItsLength,
    /// An upload of nothing.
    #[error("empty")]
    Empty,
    /// Parts of an upload are gone.
    #[error("parts are missing")]
    Incomplete,
    /// An upload came in too many parts.
    #[error("too many parts")]
    TooManyParts,
    #[error("too often")]
    TooOften(TooOften),
    #[error(transparent)]
    Incoming(#[from] IncomingError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Room(#[from] RoomError),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Folder(#[from] io::Error),
    #[error("the store of media failed: {0}")]
    Store(#[from] object_store::Error),
}

impl From<TooOften> for MediaError {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

impl MediaError {
    /// Whether it is said of what was sent, and will be of the same whenever it is sent again.
    pub(super) const fn is_of_the_file(&self) -> bool {
        matches!(
            self,
            Self::NotARecording
                | Self::NotAPicture
                | Self::HeifNotTaken
                | Self::PictureTooLarge
                | Self::TooLarge(_)
                | Self::TooLong
                | Self::Incomplete
        )
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::NotFound | MediaError::Incomplete => Self::not_found(),
            MediaError::BeyondTheEnd(length) => Self::new(
                Code::RangeNotSatisfiable,
                format!("The file has {length} bytes; ask for a part of these."),
            ),
            MediaError::NotARecording => Self::invalid_field(
                "file",
                "must be a recording that can be played: WebM, Ogg, MP4, WAV, MP3 or FLAC",
            ),
            MediaError::NotAPicture => Self::invalid_field(
                "file",
                "must be a picture that can be shown: JPEG, PNG, WebP or GIF",
            ),
            MediaError::NotBase64 => Self::invalid_field(
                "data",
                "must be base64 in the standard alphabet, with or without `data:…;base64,` before it",
            ),
            MediaError::TooLargeForFrame => Self::new(
                Code::TooLarge,
                "More than 2 MiB do not fit into a frame; upload it (`POST /media`), and send its id in `media`.",
            ),
            MediaError::HeifNotTaken => Self::invalid_field(
                "file",
                "is HEIC or AVIF, which cannot be read here: send it as JPEG (on an iPhone, set the camera's \
                 format to Most Compatible, or share the picture instead of its file)",
            ),
            MediaError::PictureTooLarge => Self::new(
                Code::TooLarge,
                "The picture takes too much to be read: it has more than 50 million pixels, moves for too long, or is \
                 saved in a way that needs all of it at once (progressive, interlaced, WebP). Save it as an \
                 ordinary JPEG, or make it smaller. As a file it can be sent as it is.",
            ),
            MediaError::NoSuchKind => {
                Self::invalid_field("kind", "must be `audio`, `image` or `file`, or be left out")
            }
            MediaError::TooLarge(kind) => {
                let mib = kind.most_bytes() >> 20;
                let sentence = match kind {
                    Kind::Audio => {
                        format!("The recording is larger than {mib} MiB; send it in parts.")
                    }
                    Kind::Image => {
                        format!("The picture is larger than {mib} MiB; send a smaller one.")
                    }
                    Kind::File => format!("The file is larger than {mib} MiB; send a smaller one."),
                };
                Self::new(Code::TooLarge, sentence)
            }
            MediaError::TooLong => Self::new(
                Code::TooLarge,
                "The recording is longer than 15 minutes, or takes too much to decode; send it in parts.",
            ),
            MediaError::QuotaExceeded => Self::new(
                Code::QuotaExceeded,
                "It would be more than you may have on this server; delete some of your voice messages, pictures and \
                 files first. What you uploaded and did not send goes after a day.",
            ),
            MediaError::TooManyUnfinished => Self {
                retry_after_ms: Some(60_000),
                ..Self::new(
                    Code::RateLimited,
                    "Too many of your uploads wait for their rest; finish or cancel one. They go after a day.",
                )
            },
            MediaError::StandsAt(offset) => Self::new(
                Code::OffsetMismatch,
                format!("The upload stands at {offset}; go on from there."),
            ),
            MediaError::BeyondItsLength => Self::new(
                Code::TooLarge,
                "More comes than was announced; send no more than that, or begin a new upload.",
            ),
            MediaError::Empty => {
                Self::invalid_field("Upload-Length", "must be the length of the file, at least 1")
            }
            MediaError::TooManyParts => Self::new(
                Code::TooLarge,
                "The upload came in too many small parts; begin it anew, and send larger ones.",
            ),
            MediaError::StorageFull => {
                tracing::warn!(
                    "a file was refused: those of all people have as many bytes as ADDA_MEDIA_TOTAL_MB lets them"
                );
                Self::new(
                    Code::StorageFull,
                    "This server has as many voice messages, pictures and files as it may keep; tell its \
                     administrator. Texts can be sent as ever.",
                )
            }
            MediaError::Incoming(error) => error.into(),
            MediaError::TooOften(wait) => Self::rate_limited(wait.retry_after_ms()),
            MediaError::Account(error) => error.into(),
            MediaError::Room(error) => error.into(),
            MediaError::Database(error) => database_problem(&error),
            MediaError::Folder(error) => storage_problem(&error),
            // Its row is there, and it is not: somebody was in the folder.
            MediaError::Store(object_store::Error::NotFound { path, .. }) => {
                tracing::error!(path, "a file of media is missing");
                Self::not_found()
            }
            MediaError::Store(error) => store_problem(&error),
        }
    }
}
