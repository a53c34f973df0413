//! Why nothing was looked for.

use adda_protocol::Problem;
use sea_orm::DbErr;

use crate::failures::database_problem;
use crate::features::rooms::RoomError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum SearchError {
    #[error(transparent)]
    Room(#[from] RoomError),
    /// The cursor is not one that a search gave out.
    #[error("a cursor of another list")]
    ForeignCursor(Box<Problem>),
    /// The same person's searches wait for one another.
    #[error("too many searches of one person")]
    TooMany,
    /// What the index has of a block is not what was written.
    #[error("the list of documents of block {block} is damaged")]
    Damaged { block: i64 },
    /// What was being made of the index broke off.
    #[error("a block of the index could not be made")]
    Interrupted,
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Room(error) => error.into(),
            SearchError::ForeignCursor(problem) => *problem,
            SearchError::TooMany => Self::rate_limited(500),
            SearchError::Damaged { .. } | SearchError::Interrupted => {
                tracing::error!(%error, "`adda search rebuild` makes the index of the search anew");
                Self::internal()
            }
            SearchError::Database(error) => database_problem(&error),
        }
    }
}
