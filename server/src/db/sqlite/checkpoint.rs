//! Writing the log back into the database: by size and after quiet, on a connection and a thread of
//! its own, so that no commit waits for it.
//!
//! After a moment without commits the log is emptied, so that the database's file alone holds all
//! there is. While commits go on, the log is written back without holding anybody up once it has
//! grown; only one that grows in spite of that is emptied too, for which a commit waits a moment.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Location;
use crate::db::OpenError;

/// Commits that follow each other within this time are one stretch of work.
const QUIET: Duration = Duration::from_secs(1);
/// What is written often, such as the ends of lively rooms, is written back once for so much log.
const WRITE_BACK_BYTES: u64 = 32 * 1024 * 1024;
/// From here on the log is emptied even if commits wait for it.
const EMPTY_BYTES: u64 = 256 * 1024 * 1024;

/// Who is told of commits.
#[derive(Clone, Debug)]
pub(in crate::db) struct Checkpoints {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    commits: AtomicU64,
    committed: Notify,
    stop: CancellationToken,
    connection: DatabaseConnection,
    log: PathBuf,
}

impl Checkpoints {
    /// Empties the log that was left, and from now on writes it back.
    pub(super) async fn start(location: &Location) -> Result<Self, OpenError> {
        let shared = Arc::new(Shared {
            commits: AtomicU64::new(0),
            committed: Notify::new(),
            stop: CancellationToken::new(),
            connection: location.checkpointer().await?,
            log: location.log_file(),
        });
        // What a crash left in the log may have been read from it before it reached the disk. In the
        // database it is written anew, so that nothing is shown from here on that a power cut undoes.
        shared.empties().await;
        let task = shared.clone();
        tokio::spawn(async move {
            let work = task.run();
            let stopped = task.stop.cancelled();
            tokio::select! {
                () = work => {}
                () = stopped => {}
            }
        });
        Ok(Self { shared })
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        self.shared.committed.notify_one();
    }

    /// Ends the work and its connection.
    pub(in crate::db) async fn stop(self) -> Result<(), DbErr> {
        self.shared.stop.cancel();
        self.shared.connection.clone().close().await
    }
}

impl Shared {
    async fn run(&self) {
        loop {
            self.committed.notified().await;
            let mut seen = self.commits.load(Ordering::Relaxed);
            loop {
                tokio::time::sleep(QUIET).await;
                let now = self.commits.load(Ordering::Relaxed);
                let is_quiet = std::mem::replace(&mut seen, now) == now;
                let bytes = std::fs::metadata(&self.log).map_or(0, |log| log.len());
                if is_quiet || bytes > EMPTY_BYTES {
                    if self.empties().await && is_quiet {
                        break;
                    }
                } else if bytes > WRITE_BACK_BYTES {
                    self.checkpoints("PASSIVE").await;
                }
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
