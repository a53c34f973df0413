//! A database that is read or filled as a whole, by one connection that waits as long as it takes.

use sea_orm::{
    AccessMode, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel,
    TransactionOptions, TransactionTrait,
};

use super::open::OpenError;
use super::rows::query;
use super::schema::migrate;
use super::sqlite::DatabaseLock;
use super::url::SqliteUrl;
use super::{postgres, sqlite};

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It has to be there, and nothing in it is changed.
    Read,
    /// A file is made where there is none.
    Fill,
}

/// The database.
#[derive(Debug)]
pub(crate) struct Whole {
    connection: DatabaseConnection,
    /// SQLite: no server has it meanwhile. PostgreSQL knows no such thing ([`Whole::others`]).
    lock: Option<DatabaseLock>,
}

impl Whole {
    /// Opens it.
    ///
    /// # Errors
    /// [`OpenError::InUse`] by a server on SQLite, [`OpenError::Connect`] and the like.
    pub(crate) async fn open(url: &str, purpose: Purpose) -> Result<Self, OpenError> {
        let Some(location) = SqliteUrl::parse(url) else {
            return Ok(Self { connection: postgres::open_whole(url).await?, lock: None });
        };
        if purpose == Purpose::Read && !location.file.is_file() {
            return Err(OpenError::Missing(location.file.display().to_string()));
        }
        let lock = DatabaseLock::take(&location.file)?;
        let connection = sqlite::open_whole(location, purpose == Purpose::Fill).await?;
        Ok(Self { connection, lock: Some(lock) })
    }

    /// The connection.
    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Everything as it is at this moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        // SQLite's readers have nothing else, and know no words for it.
        let is_postgres = self.connection.get_database_backend() == DatabaseBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        self.connection.begin_with_options(options).await
    }

    /// How many other connections of Adda there are to it, where the database tells that.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn others(&self) -> Result<i64, DbErr> {
        if self.connection.get_database_backend() == DatabaseBackend::Sqlite {
            return Ok(0);
        }
        let sql = "SELECT COUNT(*) AS others FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid() \
                   AND application_name IN ($1, $2)";
        let names = [postgres::SERVER, postgres::TRANSFER];
        let rows = query(&self.connection, sql, names.map(Into::into).into()).await?;
        rows.first().map_or(Ok(0), |row| row.try_get("", "others"))
    }

    /// A transaction in which the schema may be changed, by nobody else meanwhile.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn begin_schema(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.connection.begin().await?;
        if self.connection.get_database_backend() == DatabaseBackend::Postgres {
            postgres::lock_schema(&transaction).await?;
        }
        Ok(transaction)
    }

    /// Closes it, and gives the lock back.
    pub(crate) async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "closing the database");
        }
        drop(self.lock);
    }
}

/// Brings the schema up to date within a transaction: all of it, or nothing.
///
/// # Errors
/// [`OpenError::Newer`], the database.
pub(crate) async fn migrate_within(transaction: &DatabaseTransaction) -> Result<(), OpenError> {
    migrate(transaction).await
}
