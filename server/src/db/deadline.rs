//! How long the database may take to answer where it is another process, and what is remembered when it
//! took longer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use sea_orm::{DbErr, RuntimeErr};

/// For so long after a statement was not answered in time, connections are tried when given back.
const DISTRUST_FOR_MS: u64 = 30_000;

/// How long the other process may take to answer a statement.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    pub(super) within: Duration,
    /// Told when it took longer, so that the connection is not trusted any more.
    pub(super) stalls: Arc<Stalls>,
}

/// The statement's answer, or the error that it did not come in time.
pub(super) async fn in_time<T>(
    deadline: Option<&Deadline>,
    answer: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    let Some(Deadline { within, stalls }) = deadline else { return answer.await };
    tokio::time::timeout(*within, answer).await.unwrap_or_else(|_| {
        stalls.note();
        let sentence = format!("the database did not answer within {within:?}");
        Err(DbErr::Conn(RuntimeErr::Internal(sentence)))
    })
}

/// When the database last did not answer in time.
///
/// A connection whose statement was given up is in the middle of it. The pool would wait for its end
/// for as long as the server is frozen, or its address gone, and would soon have no connection left.
#[derive(Debug, Default)]
pub(super) struct Stalls {
    /// In milliseconds since the process began to count, plus one; zero for never.
    last: AtomicU64,
}

fn now_ms() -> u64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(BEGIN.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
}

impl Stalls {
    pub(super) fn note(&self) {
        self.last.store(now_ms() + 1, Ordering::Relaxed);
    }

    pub(super) fn are_recent(&self) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last != 0 && now_ms() < last + DISTRUST_FOR_MS
    }
}
