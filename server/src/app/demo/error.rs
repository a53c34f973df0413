//! Why the demo world was not made, or not taken away.

use adda_demo::Broken;
use adda_protocol::Problem;
use sea_orm::DbErr;

use crate::app::StartError;
use crate::db::{self, Unavailable};
use crate::features::accounts::AccountError;
use crate::features::inbox::InboxError;
use crate::features::media::MediaError;
use crate::features::messages::MessageError;
use crate::features::rooms::RoomError;
use crate::features::search::SearchError;

/// A sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(
        "There is a demo world already, or what is left of one. Take it away first, with `adda demo --remove`."
    )]
    IsThere,
    #[error("There is no demo world.")]
    IsNotThere,
    #[error(
        "Others than the people of the demo wrote {0} messages in its rooms or to its people, which would go with it. \
         Nothing was removed; with --force they are removed as well."
    )]
    OthersWrote(i64),
    #[error("The demo world cannot be read: {0}.")]
    Broken(#[from] Broken),
    #[error("The demo world cannot be read: what is called `{text}` {rule}.")]
    Rule { text: String, rule: String },
    /// What was made before it failed stays.
    #[error(
        "{0} What was made of the demo world so far is there: `adda demo --remove` takes it away."
    )]
    Unfinished(Box<DemoError>),
    #[error(
        "The database has no space left on its disk, which it takes to remove something, too. Make some, a hundred \
         megabytes will do, and say it again."
    )]
    Full,
    #[error("The database failed: {0}.")]
    Database(DbErr),
    /// What a service says, in the words that people are told.
    #[error("{0}")]
    Refused(String),
}

impl From<DbErr> for DemoError {
    fn from(error: DbErr) -> Self {
        match db::unavailable(&error) {
            Some(Unavailable::Full) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

macro_rules! refused {
    ($($error:ty),*) => {$(
        impl From<$error> for DemoError {
            fn from(error: $error) -> Self {
                Self::Refused(Problem::from(error).detail)
            }
        }
    )*};
}

refused!(AccountError, RoomError, MessageError, MediaError, InboxError, SearchError);
