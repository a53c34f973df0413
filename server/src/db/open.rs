//! Opening connections, and what can keep a database from being served.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// How long a request waits for a connection before it is refused as `unavailable`.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// What can go wrong before the database is ready to serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// It cannot be reached or opened.
    #[error(
        "The database cannot be opened: {0}. Check DATABASE_URL and that the server may write there."
    )]
    Connect(#[source] DbErr),
    /// Its folder cannot be made.
    #[error("The folder {folder} for the database cannot be made: {source}. Check ADDA_DATA_DIR.")]
    Folder { folder: String, source: std::io::Error },
    /// Another server has it.
    #[error(
        "Another Adda serves the database {0} already. Stop that one first, or give this one a folder \
         of its own with ADDA_DATA_DIR."
    )]
    InUse(String),
    /// It cannot be found out whether another server has it.
    #[error(
        "The lock file {file} cannot be taken: {source}. Check that the server may write there."
    )]
    Lock { file: String, source: std::io::Error },
    /// It was migrated by a newer binary.
    #[error(
        "The database was made by a newer version of Adda (it has the migration {0}, which this \
         version does not know). Nothing was changed. Start the newer version, or restore a backup."
    )]
    Newer(String),
    /// It is to be looked at without being changed, and this binary needs it changed.
    #[error(
        "The database is of an older version of Adda (it has not the migration {0}, which this version needs). \
         Nothing was changed. Use the version that serves it, or start this one first."
    )]
    Older(String),
    /// It is to be read, and is not there.
    #[error("There is no database {0}.")]
    Missing(String),
    /// A transfer was broken off.
    #[error(
        "The database is not complete: a transfer into it was begun and has not ended. Run the same `adda transfer` \
         again, which goes on where it stood, or empty the database."
    )]
    Unfinished,
    /// A migration failed.
    #[error("The database could not be brought up to date: {0}")]
    Migrate(#[source] DbErr),
}

pub(super) async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    Database::connect(options).await.map_err(OpenError::Connect)
}
