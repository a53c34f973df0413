//! Why the demo world was not made, or not taken away.

use adda_demo::Broken;
use adda_protocol::Problem;
use sea_orm::DbErr;

use crate::app::StartError;
use crate::features::accounts::AccountError;
use crate::features::inbox::InboxError;
use crate::features::media::MediaError;
use crate::features::messages::MessageError;
use crate::features::rooms::RoomError;

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
    #[error("The database failed: {0}")]
    Database(#[from] DbErr),
    /// What a service says, in the words that people are told.
    #[error("{0}")]
    Refused(String),
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

refused!(AccountError, RoomError, MessageError, MediaError, InboxError);
