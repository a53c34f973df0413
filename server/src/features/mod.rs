//! What Adda does, one folder a feature.
//!
//! They may use each other in one direction only: accounts ← rooms ← presence ← messages ← receipts.

pub mod accounts;
pub mod messages;
pub mod paging;
pub mod presence;
pub mod receipts;
pub mod rooms;

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use crate::db;

/// The problem that a failure of the database is to a person; its details go to the log alone.
#[must_use]
pub fn database_problem(error: &DbErr) -> Problem {
    if db::is_unavailable(error) {
        tracing::warn!(%error, "the database is away");
        Problem {
            retry_after_ms: Some(1_000),
            ..Problem::new(
                Code::Unavailable,
                "The server cannot reach its database at the moment; try again in a few seconds.",
            )
        }
    } else {
        tracing::error!(%error, "the database refused a statement");
        internal_problem()
    }
}

/// What a person is told of a defect.
#[must_use]
pub fn internal_problem() -> Problem {
    Problem::new(
        Code::Internal,
        "Something went wrong on the server; if it happens again, tell its administrator.",
    )
}
