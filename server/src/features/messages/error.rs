//! What can go wrong with a message, and how a person is told.

use std::sync::Arc;

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use crate::failures::database_problem;
use crate::features::rooms::RoomError;

/// Why something about a message was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// There is no such message or room, or this person may not see it.
    #[error("no such message")]
    NotFound,
    /// Writing needs membership.
    #[error("not a member")]
    NotAMember,
    /// The message is somebody else's.
    #[error("the message is somebody else's")]
    NotYours,
    /// The message was deleted.
    #[error("the message was deleted")]
    Deleted,
    /// The `client_id` was used with other content.
    #[error("the client id was used before")]
    ClientIdReused,
    /// Neither words nor anything else.
    #[error("the message is empty")]
    Empty,
    /// Something that is to be attached is not there, or not theirs, or is attached to another message.
    #[error("no such upload")]
    NoSuchMedia,
    /// A voice message and something else.
    #[error("a voice message stands alone")]
    NotAlone,
    /// Something in the frame itself, and more beside it.
    #[error("several media")]
    SeveralMedia,
    /// More than one bound.
    #[error("before, after and around exclude each other")]
    SeveralBounds,
    /// The server is about to stop.
    #[error("the server is stopping")]
    Stopping,
    /// A defect broke off the writing; what of it is stored is unknown.
    #[error("writing was broken off")]
    Interrupted,
    #[error(transparent)]
    Room(#[from] RoomError),
    /// The database, while reading.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The database, while writing: nothing is known to be stored.
    #[error("not written: {0}")]
    Write(Arc<DbErr>),
}

impl From<MessageError> for Problem {
    fn from(error: MessageError) -> Self {
        let say = Problem::new;
        match error {
            MessageError::NotFound => Problem::not_found(),
            MessageError::NotAMember => {
                say(Code::NotAMember, "Join the room first: only its members write in it.")
            }
            MessageError::NotYours => {
                say(Code::Forbidden, "Only who wrote a message may edit or delete it.")
            }
            MessageError::Deleted => say(
                Code::MessageDeleted,
                "The message was deleted and cannot be edited; write a new one.",
            ),
            MessageError::ClientIdReused => say(
                Code::ClientIdReused,
                "This `client_id` belongs to another message of yours; make a new one.",
            ),
            MessageError::Empty => Problem::invalid_field(
                "text",
                "is missing, or nothing of it can be seen: a message needs a text, or something in `media`, \
                 `audio` or `image`",
            ),
            MessageError::NoSuchMedia => Problem::invalid_field(
                "media",
                "names what you have not uploaded, or what a message carries already; upload it again",
            ),
            MessageError::NotAlone => Problem::invalid_field(
                "media",
                "names a voice message and more: a voice message is sent by itself",
            ),
            MessageError::SeveralMedia => Problem::invalid_field(
                "media",
                "cannot stand beside `audio` or `image`, nor these beside each other: upload several, and name \
                 them here",
            ),
            MessageError::SeveralBounds => Problem::invalid_field(
                "before",
                "cannot stand beside `after` or `around`: give one",
            ),
            MessageError::Stopping => Problem {
                retry_after_ms: Some(1_000),
                ..say(Code::Unavailable, "The server is restarting; try again in a moment.")
            },
            MessageError::Interrupted => Problem {
                retry_after_ms: Some(1_000),
                ..say(Code::Unavailable, "The server failed at this; try again in a moment.")
            },
            MessageError::Room(error) => error.into(),
            MessageError::Database(error) => database_problem(&error),
            MessageError::Write(error) => database_problem(&error),
        }
    }
}
