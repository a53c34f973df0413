//! SQLite: one connection that writes, one more that writes messages, a pool that reads, and one that
//! writes the log back.

mod checkpoint;
mod direct;
mod lock;
mod log;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection};

use super::{ACQUIRE_TIMEOUT, OpenError, SqliteUrl, connect};
pub(super) use checkpoint::Checkpoints;
pub use direct::{Direct, DirectResult};
pub(super) use lock::DatabaseLock;
pub(super) use writer::{WriteTurn, Writer};

pub(super) const READERS: u32 = 4;

/// The connections of one database.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) writer: Writer,
    pub(super) readers: DatabaseConnection,
    pub(super) checkpoints: Checkpoints,
}

/// Opens the database, and makes it and its folder when they are missing.
pub(super) async fn open(url: SqliteUrl) -> Result<Connections, OpenError> {
    if let Some(folder) = url.file.parent().filter(|path| !path.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.display().to_string(), source })?;
    }
    let location = Location(url);
    // The writer comes first: it creates the file and its journal mode.
    let commits = Arc::default();
    let write = location.writer(Arc::clone(&commits)).await?;
    let checkpoints = Checkpoints::start(&location).await?;
    let readers = location.readers(READERS).await?;
    let writer = Writer::new(location, write, commits, readers.clone(), checkpoints.clone());
    Ok(Connections { writer, readers, checkpoints })
}

/// Where the database is, and how each kind of connection to it is opened.
#[derive(Clone, Debug)]
struct Location(SqliteUrl);

impl Location {
    /// The database's own file.
    fn file(&self) -> &Path {
        &self.0.file
    }

    /// The index of the log beside it.
    fn log_index(&self) -> PathBuf {
        let mut name = self.file().as_os_str().to_owned();
        name.push("-shm");
        name.into()
    }

    /// The connection that writes, of which each commit is counted.
    async fn writer(&self, commits: Arc<AtomicU64>) -> Result<DatabaseConnection, OpenError> {
        let mut options = self.options(1, |sqlite| sqlite.create_if_missing(true));
        writer::watch(&mut options, commits);
        connect(options).await
    }

    /// So many connections that read.
    async fn readers(&self, count: u32) -> Result<DatabaseConnection, OpenError> {
        let read_only = |sqlite: SqliteConnectOptions| {
            sqlite.create_if_missing(false).pragma("query_only", "on")
        };
        connect(self.options(count, read_only)).await
    }

    /// The connection that writes the log back. It waits for readers only a moment, for whoever
    /// commits waits as long.
    async fn checkpointer(&self) -> Result<DatabaseConnection, OpenError> {
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
