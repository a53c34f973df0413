//! The database: opening it, migrating it, and what both dialects need around a statement.
//!
//! SQLite has one writer connection and a pool of readers; PostgreSQL has one pool. Stores take a
//! connection and write SQL that both understand (`$1` placeholders); only this module and the
//! migrations know which of the two is there.

mod family;
mod rows;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use adda_migrations::Migrator;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

pub use family::Family;
pub use rows::{RowList, query, run};

/// How long a request waits for a connection before it is refused as `unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 20;
/// Of these, what sockets may take to read; the rest is for writers and for requests.
const POSTGRES_READERS: u32 = 10;

/// What can go wrong before the database is ready to serve.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached or opened.
    #[error(
        "The database cannot be opened: {0}. Check DATABASE_URL and that the server may write there."
    )]
    Connect(#[source] DbErr),
    /// Its folder cannot be made.
    #[error("The folder {folder} for the database cannot be made: {source}. Check ADDA_DATA_DIR.")]
    Folder {
        /// Which folder.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It was migrated by a newer binary.
    #[error(
        "The database was made by a newer version of Adda (it has the migration {0}, which this \
         version does not know). Nothing was changed. Start the newer version, or restore a backup."
    )]
    Newer(String),
    /// A migration failed.
    #[error("The database could not be brought up to date: {0}")]
    Migrate(#[source] DbErr),
}

/// The two ways to the database.
#[derive(Clone, Debug)]
pub struct Db {
    /// For everything that changes something; on SQLite a single connection.
    write: DatabaseConnection,
    /// For everything that only reads.
    read: DatabaseConnection,
}

impl Db {
    /// Opens the database without touching its schema.
    ///
    /// # Errors
    /// When the database cannot be reached, or its folder not be made.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        if let Some(file) = sqlite_file(url) {
            let folder = Path::new(file).parent().filter(|path| !path.as_os_str().is_empty());
            if let Some(folder) = folder {
                std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
                    folder: folder.display().to_string(),
                    source,
                })?;
            }
            // The writer comes first: it creates the file and its journal mode.
            let write = connect(sqlite_options(url, 1, false)).await?;
            let read = connect(sqlite_options(url, SQLITE_READERS, true)).await?;
            Ok(Self { write, read })
        } else {
            let pool = connect(postgres_options(url)).await?;
            Ok(Self { write: pool.clone(), read: pool })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`OpenError::Newer`] when the database knows a migration that this binary does not; nothing
    /// is changed then.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        if let Some(unknown) = self.unknown_migration().await.map_err(OpenError::Connect)? {
            return Err(OpenError::Newer(unknown));
        }
        Migrator::up(&self.write, None).await.map_err(OpenError::Migrate)
    }

    async fn unknown_migration(&self) -> Result<Option<String>, DbErr> {
        let exists = match self.backend() {
            DatabaseBackend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
            }
            _ => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'seaql_migrations'"
            }
        };
        if self.read.query_one_raw(Statement::from_string(self.backend(), exists)).await?.is_none()
        {
            return Ok(None);
        }
        let applied = "SELECT version FROM seaql_migrations ORDER BY version";
        let rows = self.read.query_all_raw(Statement::from_string(self.backend(), applied)).await?;
        let known: Vec<String> =
            Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        for row in rows {
            let version: String = row.try_get("", "version")?;
            if !known.contains(&version) {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }

    /// Which of the two databases it is.
    #[must_use]
    pub fn backend(&self) -> DatabaseBackend {
        self.write.get_database_backend()
    }

    /// How many sockets should read at once, so that requests and writers need not wait for them.
    #[must_use]
    pub fn readers(&self) -> usize {
        let readers = match self.backend() {
            DatabaseBackend::Sqlite => SQLITE_READERS,
            _ => POSTGRES_READERS,
        };
        readers as usize
    }

    /// A connection for reading.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A transaction that writes. On SQLite it takes the write lock at once, so that it can never
    /// fail halfway because somebody else wrote.
    ///
    /// # Errors
    /// When no connection can be had in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        match self.backend() {
            DatabaseBackend::Sqlite => self.write.begin_with_options(immediate).await,
            _ => self.write.begin().await,
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    /// Closes all connections; on SQLite this also checkpoints the log into the file.
    pub async fn close(self) {
        let results = [self.read.close().await, self.write.close().await];
        for error in results.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "closing the database");
        }
    }
}

/// Whether an error says that the database is away or busy, so that the same may be tried again.
#[must_use]
pub fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            use sea_orm::sqlx::Error;
            match error.as_ref() {
                Error::Io(_)
                | Error::Tls(_)
                | Error::Protocol(_)
                | Error::PoolTimedOut
                | Error::PoolClosed
                | Error::WorkerCrashed => true,
                // PostgreSQL: connection exceptions, insufficient resources (disk full, too many
                // connections), operator intervention, system errors, deadlock, serialisation, a
                // lock that was not given in time.
                // SQLite: busy, locked, read-only, I/O error, full, cannot open.
                Error::Database(error) => error.code().is_some_and(|code| {
                    ["08", "53", "57", "58", "40", "55P03"]
                        .iter()
                        .any(|class| code.starts_with(class))
                        && code.len() == 5
                        || code.parse::<u32>().is_ok_and(|code| {
                            code.to_string().len() < 5
                                && [5, 6, 8, 10, 13, 14].contains(&(code & 0xff))
                        })
                }),
                _ => false,
            }
        }
        _ => false,
    }
}

fn sqlite_file(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("sqlite:")?;
    Some(rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or(rest))
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    Database::connect(options).await.map_err(OpenError::Connect)
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
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
                .create_if_missing(!read_only)
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
                // 32 MiB of log before its pages are written to the database: whatever is written
                // often, such as the ends of lively rooms, is then written there once.
                .pragma("wal_autocheckpoint", "8192");
            if read_only { sqlite.pragma("query_only", "on") } else { sqlite }
        });
    options
}

fn postgres_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POSTGRES_CONNECTIONS)
        .min_connections(2)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|postgres| {
            postgres
                .application_name("adda")
                .statement_cache_capacity(256)
                // The promise of the acknowledgement, whatever the server's own default is.
                .options([
                    ("synchronous_commit", "on"),
                    ("lock_timeout", "10s"),
                    // Statements here are short and many: compiling one costs more than it runs.
                    ("jit", "off"),
                ])
        });
    options
}
