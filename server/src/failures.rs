//! What people are told when something fails that the server stands on; its details go to the log alone.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use crate::db::{self, Unavailable};

/// What fails for everybody at once is logged so often.
const EVERY: Duration = Duration::from_secs(10);

/// Says of something that may happen thousands of times a second when it is to be logged.
#[derive(Debug)]
pub(crate) struct LogThrottle(Mutex<Option<Told>>);

#[derive(Debug)]
struct Told {
    at: Instant,
    since: u64,
}

impl LogThrottle {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// How often it happened since it was logged last, if it is to be logged now.
    #[must_use]
    pub(crate) fn is_due(&self) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_mut()
            && told.at.elapsed() < EVERY
        {
            told.since += 1;
            return None;
        }
        let since = told.as_ref().map_or(0, |told| told.since);
        *told = Some(Told { at: Instant::now(), since });
        Some(since)
    }
}

static DATABASE: LogThrottle = LogThrottle::new();

/// A failure of the database.
#[must_use]
pub(crate) fn database_problem(error: &DbErr) -> Problem {
    let Some(reason) = db::unavailable(error) else {
        tracing::error!(%error, "the database refused a statement");
        return Problem::internal();
    };
    if let Some(suppressed) = DATABASE.is_due() {
        tracing::warn!(
            %error, ?reason, suppressed,
            "the database does not do what it is asked for, and people are told to try again; if this lasts, \
             see that it runs, can be reached from here and has room"
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_all_the_time_is_told_once_in_a_while() {
        let throttle = LogThrottle::new();
        assert_eq!(throttle.is_due(), Some(0));
        assert_eq!([throttle.is_due(), throttle.is_due()], [None, None]);
        throttle.0.lock().unwrap().as_mut().unwrap().at =
            Instant::now().checked_sub(EVERY).unwrap();
        assert_eq!(throttle.is_due(), Some(2));
    }
}
