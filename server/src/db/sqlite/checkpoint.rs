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

use sea_orm::{DatabaseConnection, DbErr, FromQueryResult, QueryResult, Statement};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::location::Location;
use crate::db::open::OpenError;

/// Commits that follow each other within this time are one stretch of work.
const QUIET: Duration = Duration::from_secs(1);
/// While there are commits, the log is looked at so often.
const LOOKS: Duration = Duration::from_millis(50);
/// So much is written back at once: what is written often, such as the ends of lively rooms, once for all
/// of it, and a commit that finds the disk busy waits for no more.
const WRITE_BACK_BYTES: i64 = 4 * 1024 * 1024;
/// From here on the log is begun anew even if a commit waits for it.
const LONG_BYTES: i64 = 64 * 1024 * 1024;

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
    page_bytes: i64,
}

impl Checkpoints {
    /// Empties the log that was left; [`Checkpoints::run`] writes back what comes.
    pub(super) async fn open(location: &Location) -> Result<Self, OpenError> {
        let connection = location.checkpointer().await?;
        let PageSize { page_size } =
            answer(&connection, "PRAGMA page_size").await.map_err(OpenError::Connect)?;
        let shared = Arc::new(Shared {
            commits: AtomicU64::new(0),
            committed: Notify::new(),
            connection,
            page_bytes: page_size.into(),
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
        let Some(log) = self.checkpoints("NOOP").await else { return };
        let is_long = log.pages >= self.pages(LONG_BYTES);
        if is_long || log.pages - log.written_back >= self.pages(WRITE_BACK_BYTES) {
            let done = self.checkpoints("PASSIVE").await;
            if is_long && done.is_some_and(|log| log.is_done) {
                self.checkpoints("RESTART").await;
            }
        }
    }

    fn pages(&self, bytes: i64) -> i64 {
        bytes / self.page_bytes
    }

    /// Writes everything back and empties the log, unless somebody reads or writes just now.
    async fn empties(&self) -> bool {
        // Without holding anybody up first, so that little is left to be done while commits wait.
        let is_done = |log: Option<Log>| log.is_some_and(|log| log.is_done);
        is_done(self.checkpoints("PASSIVE").await) && is_done(self.checkpoints("TRUNCATE").await)
    }

    /// Where the log stands after a checkpoint of this mode, `NOOP` for none; nothing when it failed, and is
    /// for another time.
    ///
    /// This alone is asked for it. Who opens and closes one of the database's files drops the locks that
    /// SQLite has on it for the whole process, and the next process that opens the database believes that
    /// nobody else does.
    async fn checkpoints(&self, mode: &str) -> Option<Log> {
        let log = answer::<Log>(&self.connection, &format!("PRAGMA wal_checkpoint({mode})")).await;
        // Nothing is lost by a failure: it stands in the log.
        log.inspect_err(|error| {
            tracing::warn!(%error, "the log of the database could not be written back");
        })
        .ok()
    }
}

/// The one row that a pragma answers.
async fn answer<T: FromQueryResult>(
    connection: &DatabaseConnection,
    pragma: &str,
) -> Result<T, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), pragma);
    let row = T::find_by_statement(statement).one(connection).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(pragma.to_owned()))
}

#[derive(FromQueryResult)]
struct PageSize {
    page_size: i32,
}

/// What a checkpoint answers.
struct Log {
    /// Nobody kept it from its end.
    is_done: bool,
    pages: i64,
    /// So many of them stand in the database.
    written_back: i64,
}

impl FromQueryResult for Log {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let number = |column: usize| row.try_get_by_index::<i32>(column).map(i64::from);
        Ok(Self { is_done: number(0)? == 0, pages: number(1)?, written_back: number(2)? })
    }
}
