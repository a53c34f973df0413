//! The database: opening it, migrating it, and what both dialects need around a statement.
//!
//! SQLite has one connection that writes and a pool of readers; PostgreSQL has a pool for each. Stores take a
//! [`Reader`] or a [`Transaction`] and write SQL that both understand (`$1` placeholders); only this
//! module and the migrations know which of the two is there.

mod connection;
mod deadline;
mod failure;
mod family;
mod open;
mod postgres;
mod rows;
mod schema;
mod sqlite;
#[cfg(test)]
mod tests;
mod transfer_mark;
mod url;
mod whole;

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, QueryResult, TransactionTrait,
    Value,
};

pub(crate) use connection::{Reader, Transaction};
pub(crate) use failure::{Unavailable, is_unavailable, unavailable};
pub(crate) use family::{EVERYBODY, Family};
pub(crate) use open::OpenError;
pub(crate) use rows::{RowList, lock_rows, parse, query, run};
pub(crate) use schema::{expect_known, in_memory};
pub(crate) use sqlite::{Direct, DirectResult};
pub(crate) use transfer_mark::{
    begin_transfer, end_transfer, expect_current_beside_mark, transfer_under_way,
};
pub(crate) use url::{SqliteUrl, check_url};
pub(crate) use whole::{Purpose, Whole, migrate_within};

use deadline::{Deadline, in_time};
use schema::{expect_current, migrate};
use sqlite::{Checkpoints, DatabaseLock, Writer};

/// The two ways to the database.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    write: Write,
    read: Reader,
    /// Held for as long as this server serves the database.
    lock: Option<Arc<DatabaseLock>>,
}

/// The way of everything that changes something.
#[derive(Clone, Debug)]
enum Write {
    Sqlite { writer: Writer, checkpoints: Checkpoints },
    Postgres { pool: DatabaseConnection, deadline: Deadline },
}

impl Db {
    /// Opens the database without touching its schema, beside a server that may have it open.
    ///
    /// # Errors
    /// When the database cannot be reached, or its folder not be made.
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        if let Some(location) = SqliteUrl::parse(url) {
            let sqlite::Connections { writer, readers, checkpoints } =
                sqlite::open(location).await?;
            let write = Write::Sqlite { writer, checkpoints };
            return Ok(Self { write, read: Reader::without_deadline(readers), lock: None });
        }
        let postgres::Pools { write: pool, read, deadline } = postgres::open(url).await?;
        let read = Reader::within(read, deadline.clone());
        Ok(Self { write: Write::Postgres { pool, deadline }, read, lock: None })
    }

    /// Opens the database to serve it, or to change its schema: no other server may have it then.
    ///
    /// # Errors
    /// [`OpenError::InUse`], and those of [`Db::open`].
    pub(crate) async fn open_alone(url: &str) -> Result<Self, OpenError> {
        let location = SqliteUrl::parse(url);
        let lock = location.map(|location| DatabaseLock::take(&location.file)).transpose()?;
        Ok(Self { lock: lock.map(Arc::new), ..Self::open(url).await? })
    }

    /// Brings the schema up to date. Servers that start together on PostgreSQL do so one after the other,
    /// and the later ones find it done; on SQLite there is one ([`Db::open_alone`]).
    ///
    /// # Errors
    /// [`OpenError::Newer`] when the database knows a migration that this binary does not; nothing
    /// is changed then.
    pub(crate) async fn migrate(&self) -> Result<(), OpenError> {
        match &self.write {
            Write::Sqlite { writer, .. } => migrate(&writer.connection().await).await,
            Write::Postgres { pool, .. } => {
                let transaction = pool.begin().await.map_err(OpenError::Connect)?;
                postgres::lock_schema(&transaction).await.map_err(OpenError::Migrate)?;
                migrate(&transaction).await?;
                transaction.commit().await.map_err(OpenError::Migrate)
            }
        }
    }

    /// Looks whether the schema is the one of this binary, beside a server of perhaps another.
    ///
    /// # Errors
    /// [`OpenError::Newer`], [`OpenError::Older`], when the database cannot be reached.
    pub(crate) async fn expect_current(&self) -> Result<(), OpenError> {
        expect_current(&self.read).await
    }

    /// Which of the two databases it is.
    #[must_use]
    pub(crate) fn backend(&self) -> DatabaseBackend {
        self.read.get_database_backend()
    }

    /// Whether no other server has it while this one serves it.
    #[must_use]
    pub(crate) fn is_of_one_server(&self) -> bool {
        matches!(self.write, Write::Sqlite { .. })
    }

    /// How many sockets should read at once, so that requests and writers need not wait for them.
    #[must_use]
    pub(crate) fn readers(&self) -> usize {
        let readers = match &self.write {
            Write::Sqlite { .. } => sqlite::READERS,
            Write::Postgres { .. } => postgres::READERS,
        };
        readers as usize
    }

    /// A connection for reading.
    #[must_use]
    pub(crate) fn read(&self) -> &Reader {
        &self.read
    }

    /// A transaction that writes.
    ///
    /// # Errors
    /// When no connection can be had in time.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        match &self.write {
            Write::Sqlite { writer, .. } => {
                let (inner, permit) = writer.begin().await?;
                Ok(Transaction::new(inner, None, Some(permit)))
            }
            Write::Postgres { pool, deadline } => {
                let inner = in_time(Some(deadline), pool.begin()).await?;
                Ok(Transaction::new(inner, Some(deadline.clone()), None))
            }
        }
    }

    /// SQLite: runs `work` as one transaction on the calling thread, which it holds up meanwhile. Nothing
    /// is stored, and nothing answered, where `work` answers nothing, and where the database must first
    /// prove that it stores again, for which a [`Transaction`] is needed.
    ///
    /// # Errors
    /// What the database says; whether it is stored is unknown then.
    pub(crate) async fn commit_directly<T>(
        &self,
        work: impl FnOnce(&Direct) -> DirectResult<Option<T>>,
    ) -> Result<Option<T>, DbErr> {
        match &self.write {
            Write::Sqlite { writer, .. } => writer.commit_directly(work).await,
            Write::Postgres { .. } => Ok(None),
        }
    }

    /// Runs a statement that is a transaction by itself, and answers its rows.
    ///
    /// # Errors
    /// What the database says; whether it is stored is unknown then.
    pub(crate) async fn commit_statement(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        match &self.write {
            Write::Sqlite { .. } => {
                let transaction = self.begin().await?;
                let rows = query(&transaction, sql, values).await?;
                transaction.commit().await?;
                Ok(rows)
            }
            Write::Postgres { pool, deadline } => {
                in_time(Some(deadline), query(pool, sql, values)).await
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    /// Writes SQLite's log back into the database, for ever; where there is none, there is nothing to do.
    pub(crate) async fn write_back(self) {
        if let Write::Sqlite { checkpoints, .. } = &self.write {
            checkpoints.run().await;
        }
    }

    /// Closes all connections; on SQLite this also writes the log back into the file.
    pub(crate) async fn close(self) {
        let mut results = Vec::new();
        match self.write {
            Write::Sqlite { writer, checkpoints } => {
                results.push(checkpoints.close().await);
                results.push(self.read.connection.close().await);
                results.push(writer.close().await);
            }
            Write::Postgres { pool, .. } => {
                results.push(self.read.connection.close().await);
                results.push(pool.close().await);
            }
        }
        for error in results.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "closing the database");
        }
        drop(self.lock);
    }
}
