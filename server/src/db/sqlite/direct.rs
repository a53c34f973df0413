//! A connection on the thread that uses it. The driver of all other connections runs each on a thread of
//! its own, and hands every statement and every row from one to the other: for a transaction of one
//! message that costs more than storing it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rusqlite::OpenFlags;
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::sqlx::{self};
use sea_orm::{DbErr, RuntimeErr};

use crate::db::open::ACQUIRE_TIMEOUT;

/// The connection; its statements are best prepared with `prepare_cached`.
pub(crate) type Direct = rusqlite::Connection;
/// What it answers.
pub(crate) type DirectResult<T> = rusqlite::Result<T>;

/// So many statements stay prepared.
const STATEMENTS: usize = 32;

/// Opens a connection as the others are opened (`Location::options`).
pub(super) fn open(file: &Path) -> DirectResult<Direct> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Direct::open_with_flags(file, flags)?;
    connection.busy_timeout(ACQUIRE_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; \
         PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0",
    )?;
    Ok(connection)
}

/// Runs one transaction, and undoes it where `work` answers nothing. After an error the connection may be
/// in the middle of it, and is not to be used again.
pub(super) fn transact<T>(
    connection: &Direct,
    work: impl FnOnce(&Direct) -> DirectResult<Option<T>>,
) -> DirectResult<Option<T>> {
    let run = |sql| connection.prepare_cached(sql)?.execute(());
    run("BEGIN IMMEDIATE")?;
    let done = work(connection)?;
    run(if done.is_some() { "COMMIT" } else { "ROLLBACK" })?;
    Ok(done)
}

/// An error of this connection as one of the others' would be.
pub(super) fn error(error: &rusqlite::Error) -> DbErr {
    let code = error.sqlite_error().map(|error| error.extended_code.to_string());
    let error = Failure { message: error.to_string(), code };
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Database(Box::new(error)))))
}

#[derive(Debug)]
struct Failure {
    message: String,
    code: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Failure {}

impl DatabaseError for Failure {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.code.as_deref().map(Cow::Borrowed)
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
