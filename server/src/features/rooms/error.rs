//! What can go wrong with rooms, and what a person is told of it.

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use crate::failures::database_problem;
use crate::limits::TooOften;

/// Why something about a room was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoomError {
    /// There is no such room, or this person may not see it.
    #[error("no such room")]
    NotFound,
    /// The name belongs to a room, or is reserved.
    #[error("the name is taken or reserved")]
    NameTaken,
    /// Only who made the room, and administrators.
    #[error("not allowed to change the room")]
    Forbidden,
    /// A private room has no members to come and go.
    #[error("a private room cannot be joined or left")]
    Private,
    /// A private room takes two.
    #[error("a private room with oneself")]
    Alone,
    #[error("too often")]
    TooOften(TooOften),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<TooOften> for RoomError {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

impl From<RoomError> for Problem {
    fn from(error: RoomError) -> Self {
        let say = Problem::new;
        match error {
            RoomError::NotFound => Problem::not_found(),
            RoomError::NameTaken => {
                say(Code::NameTaken, "This room name is taken or reserved; choose another.")
            }
            RoomError::Forbidden => {
                say(Code::Forbidden, "Only who made the room, or an administrator, may change it.")
            }
            RoomError::Private => say(
                Code::Forbidden,
                "A private room belongs to its two people; nobody joins or leaves it.",
            ),
            RoomError::Alone => Problem::invalid_field(
                "user_id",
                "is your own; a private room takes another person",
            ),
            RoomError::TooOften(wait) => Problem::rate_limited(wait.retry_after_ms()),
            RoomError::Database(error) => database_problem(&error),
        }
    }
}
