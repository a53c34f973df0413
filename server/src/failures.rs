//! What people are told when something fails that the server stands on; its details go to the log alone.

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use crate::db::{self, Unavailable};

/// A failure of the database.
#[must_use]
pub(crate) fn database_problem(error: &DbErr) -> Problem {
    let Some(reason) = db::unavailable(error) else {
        tracing::error!(%error, "the database refused a statement");
        return Problem::internal();
    };
    tracing::warn!(%error, ?reason, "the database does nothing at the moment");
    let (sentence, retry_after_ms) = match reason {
        Unavailable::Away => (
            "The server cannot reach its database at the moment; try again in a few seconds.",
            1_000,
        ),
        Unavailable::Full => (
            "The server cannot store anything at the moment: its disk is full. Try again later, and \
             tell its administrator if this lasts.",
            5_000,
        ),
        Unavailable::Storage => (
            "The server cannot store anything at the moment: its disk does not work as it should. \
             Try again later, and tell its administrator if this lasts.",
            5_000,
        ),
    };
    Problem { retry_after_ms: Some(retry_after_ms), ..Problem::new(Code::Unavailable, sentence) }
}

/// A failure of a folder: a full or broken disk, no more descriptors.
#[must_use]
pub(crate) fn storage_problem(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "the folder of uploads cannot be used; is its disk full?");
    files_problem()
}

/// A failure of the store of files: a full or broken disk, or a server that is away.
#[must_use]
pub(crate) fn store_problem(error: &object_store::Error) -> Problem {
    tracing::error!(%error, "the store of files cannot be used");
    files_problem()
}

fn files_problem() -> Problem {
    Problem {
        retry_after_ms: Some(5_000),
        ..Problem::new(
            Code::Unavailable,
            "The server cannot keep or read files at the moment; try again in a minute.",
        )
    }
}
