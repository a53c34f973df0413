//! Writing the log back into the database: by size and after quiet, on a connection and a thread of
//! its own, so that no commit waits for it.
//!
//! After a moment without commits the log is emptied, so that the database's file alone holds all
//! there is. While commits go on, what the log has grown by is written back without holding anybody up,
//! in pieces so small that the disk has time for commits between them. That never reaches the end of a log
//! that grows meanwhile, so a long one is begun anew, for which a commit waits a moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::location::Location;
use super::log::{Length, Log};
use crate::db::open::OpenError;

/// Commits that follow each other within this time are one stretch of work.
const QUIET: Duration = Duration::from_secs(1);
/// While there are commits, the log is looked at so often.
const LOOKS: Duration = Duration::from_millis(50);
/// So much is written back at once: what is written often, such as the ends of lively rooms, once for all
/// of it, and a commit that finds the disk busy waits for no more.
const WRITE_BACK_BYTES: u64 = 4 * 1024 * 1024;
/// From here on the log is begun anew even if a commit waits for it.
const LONG_BYTES: u64 = 64 * 1024 * 1024;

/// Who is told of commits.
#[derive(Clone, Debug)]
pub(in crate::db) struct Checkpoints {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    commits: AtomicU64,
    committed: Notify,
    connection: DatabaseConnection,
    log: Log,
}

impl Checkpoints {
    /// Empties the log that was left; [`Checkpoints::run`] writes back what comes.
    pub(super) async fn open(location: &Location) -> Result<Self, OpenError> {
        let shared = Arc::new(Shared {
            commits: AtomicU64::new(0),
            committed: Notify::new(),
            connection: location.checkpointer().await?,
            log: Log::new(location.log_index()),
        });
        // What a crash left in the log may have been read from it before it reached the disk. In the
        // database it is written anew, so that nothing is shown from here on that a power cut undoes.
        shared.empties().await;
        Ok(Self { shared })
    }

    /// Writes the log back, for ever.
    pub(in crate::db) async fn run(&self) {
        self.shared.run().await;
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        self.shared.committed.notify_one();
    }

    /// Closes the connection.
    pub(in crate::db) async fn close(self) -> Result<(), DbErr> {
        self.shared.connection.clone().close().await
    }
}

impl Shared {
    async fn run(&self) {
        loop {
            self.committed.notified().await;
            let (mut seen, mut quiet_since) = (0, Instant::now());
            loop {
                tokio::time::sleep(LOOKS).await;
                let commits = self.commits.load(Ordering::Relaxed);
                if std::mem::replace(&mut seen, commits) != commits {
                    quiet_since = Instant::now();
                }
                if quiet_since.elapsed() >= QUIET {
                    if self.empties().await {
                        break;
                    }
                    // Somebody reads or writes; another time.
                    quiet_since = Instant::now();
                } else {
                    self.writes_back().await;
                }
            }
        }
    }

    /// Writes back what the log has grown by, if that is enough.
    async fn writes_back(&self) {
        let length = self.log.length().unwrap_or_else(|error| {
            tracing::warn!(%error, "the length of the database's log could not be read");
            Length::default()
        });
        if length.not_written_back >= WRITE_BACK_BYTES || length.whole >= LONG_BYTES {
            let done = self.checkpoints("PASSIVE").await;
            if done && length.whole >= LONG_BYTES {
                self.checkpoints("RESTART").await;
            }
        }
    }

    /// Writes everything back and empties the log, unless somebody reads or writes just now.
    async fn empties(&self) -> bool {
        // Without holding anybody up first, so that little is left to be done while commits wait.
        self.checkpoints("PASSIVE").await && self.checkpoints("TRUNCATE").await
    }

    /// Whether it was done; another time else.
    async fn checkpoints(&self, mode: &str) -> bool {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let backend = self.connection.get_database_backend();
        let statement = sea_orm::Statement::from_string(backend, sql);
        let done = match self.connection.query_one_raw(statement).await {
            Ok(row) => row.map_or(Ok(false), |row| Ok(row.try_get::<i32>("", "busy")? == 0)),
            Err(error) => Err(error),
        };
        done.unwrap_or_else(|error| {
            // Nothing is lost: it stands in the log.
            tracing::warn!(%error, "the log of the database could not be written back");
            false
        })
    }
}
