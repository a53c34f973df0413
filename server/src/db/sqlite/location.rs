//! Where the database is, and how each kind of connection to it is opened.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection};

use crate::db::open::{ACQUIRE_TIMEOUT, OpenError, connect};
use crate::db::url::SqliteUrl;

/// The database.
#[derive(Clone, Debug)]
pub(super) struct Location(SqliteUrl);

impl Location {
    pub(super) fn new(url: SqliteUrl) -> Self {
        Self(url)
    }

    /// The database's own file.
    pub(super) fn file(&self) -> &Path {
        &self.0.file
    }

    /// The connection that writes, of which each commit is counted.
    pub(super) async fn writer(
        &self,
        commits: Arc<AtomicU64>,
    ) -> Result<DatabaseConnection, OpenError> {
        let mut options = self.options(1, |sqlite| sqlite.create_if_missing(true));
        watch(&mut options, commits);
        connect(options).await
    }

    /// So many connections that read.
    pub(super) async fn readers(&self, count: u32) -> Result<DatabaseConnection, OpenError> {
        let read_only = |sqlite: SqliteConnectOptions| {
            sqlite.create_if_missing(false).pragma("query_only", "on")
        };
        connect(self.options(count, read_only)).await
    }

    /// The only connection, which fills the database and writes the log back itself.
    pub(super) async fn filler(&self) -> Result<DatabaseConnection, OpenError> {
        let writes_back = |sqlite: SqliteConnectOptions| {
            sqlite.create_if_missing(true).pragma("wal_autocheckpoint", "4096")
        };
        connect(self.options(1, writes_back)).await
    }

    /// The connection that writes the log back. It waits for readers only a moment, for whoever
    /// commits waits as long.
    pub(super) async fn checkpointer(&self) -> Result<DatabaseConnection, OpenError> {
        let waits_little = |sqlite: SqliteConnectOptions| {
            sqlite.create_if_missing(false).busy_timeout(Duration::from_millis(250))
        };
        connect(self.options(1, waits_little)).await
    }

    fn options(
        &self,
        connections: u32,
        of_its_kind: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
    ) -> ConnectOptions {
        // The path itself, whatever signs are in it; only the options travel in a URL.
        let file = self.file().to_owned();
        let mut options = ConnectOptions::new(self.0.without_file());
        options
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>)
            .test_before_acquire(false)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |sqlite| {
                let sqlite = sqlite
                    .filename(&file)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(ACQUIRE_TIMEOUT)
                    .statement_cache_capacity(256)
                    // Whole answers wait for the reader; each time one is full costs two threads a switch.
                    .row_buffer_size(1_024)
                    // 16 MiB of page cache a connection, temporary tables in memory.
                    .pragma("cache_size", "-16384")
                    .pragma("temp_store", "memory")
                    // The log is written back by a connection of its own, never by who commits.
                    .pragma("wal_autocheckpoint", "0");
                of_its_kind(sqlite)
            });
        options
    }
}

/// Lets the pool give out only a connection without a transaction, and counts real commits. One that
/// has a transaction in spite of a rollback is closed and another opened; the readers' connections
/// keep the log's index meanwhile.
fn watch(options: &mut ConnectOptions, commits: Arc<AtomicU64>) {
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let commits = commits.clone();
        let pool = pool.after_connect(move |connection, _| {
            let commits = commits.clone();
            Box::pin(async move {
                connection.lock_handle().await?.set_commit_hook(move || {
                    commits.fetch_add(1, Ordering::Relaxed);
                    true
                });
                Ok(())
            })
        });
        pool.before_acquire(|connection, _| {
            Box::pin(async move {
                let is_sound = !connection.is_in_transaction();
                if !is_sound {
                    tracing::warn!("a rollback failed; its connection to the database is replaced");
                }
                Ok(is_sound)
            })
        })
    });
}
