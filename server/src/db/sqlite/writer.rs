//! The one connection that writes, and what is asked of it before its word is passed on.
//!
//! A COMMIT that fails for want of room, or by an error of the disk, makes SQLite roll back by
//! itself; the driver's own ROLLBACK then finds nothing to undo, and its count of open transactions
//! stays one too high. From then on each "transaction" would be a savepoint in one that nobody ever
//! commits, and everything would be acknowledged and lost. So:
//! - a connection of which a commit, a rollback or a statement failed that way is never used again;
//! - a transaction begins on a connection that has none, and a COMMIT that was answered well but of
//!   which SQLite's commit hook has not heard ends the process rather than be acknowledged;
//! - a connection that runs on the caller's thread has no such count: what SQLite answers is the answer;
//! - the first commit after such trouble leaves a mark, and counts only when a fresh connection reads
//!   the same mark.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use super::checkpoint::Checkpoints;
use super::direct::{self, Direct, DirectResult};
use super::location::Location;
use crate::db::failure::{Unavailable, is_unavailable, unavailable};
use crate::db::open::{ACQUIRE_TIMEOUT, OpenError};
use crate::db::rows::{query, run};

/// The way to the connection that writes. Who has a turn has it alone.
#[derive(Clone, Debug)]
pub(in crate::db) struct Writer {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    location: Location,
    connection: DatabaseConnection,
    /// The connection that writes on the thread of whoever has the turn, once it was needed.
    direct: std::sync::Mutex<Option<Direct>>,
    readers: DatabaseConnection,
    checkpoints: Checkpoints,
    /// How many transactions SQLite itself has committed, told by its commit hook.
    commits: Arc<AtomicU64>,
    /// Whether the connection may be in a state of which the driver does not know.
    is_suspect: AtomicBool,
    /// Whether nothing was proved to be stored since there was trouble.
    is_unproven: bool,
}

/// One transaction's time on the connection.
#[derive(Debug)]
pub(in crate::db) struct WritePermit {
    state: OwnedMutexGuard<State>,
    /// What a fresh connection must read once this is committed.
    mark: Option<String>,
}

fn broken(sentence: impl Into<String>) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(sentence.into()))
}

fn reopening(error: OpenError) -> DbErr {
    match error {
        OpenError::Connect(error) => error,
        other => broken(other.to_string()),
    }
}

impl Writer {
    pub(super) fn new(
        location: Location,
        connection: DatabaseConnection,
        commits: Arc<AtomicU64>,
        readers: DatabaseConnection,
        checkpoints: Checkpoints,
    ) -> Self {
        let state = State {
            location,
            connection,
            direct: std::sync::Mutex::default(),
            readers,
            checkpoints,
            commits,
            is_suspect: AtomicBool::new(false),
            is_unproven: false,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// The connection itself, for migrations.
    pub(in crate::db) async fn connection(&self) -> DatabaseConnection {
        self.state.lock().await.connection.clone()
    }

    /// A transaction on a sound connection, which holds the write lock from its beginning, so that it
    /// can never fail halfway because somebody else wrote; and the turn in which it is to be committed.
    pub(in crate::db) async fn begin(&self) -> Result<(DatabaseTransaction, WritePermit), DbErr> {
        let state = self.permit().await?;
        let begun = state.begin().await;
        let inner = begun.inspect_err(|error| state.distrust(error))?;
        let mark = state.is_unproven.then(|| Uuid::new_v4().to_string());
        if let Some(mark) = mark.clone() {
            let sql = "INSERT INTO commit_marks (id, mark) VALUES (1, $1) \
                       ON CONFLICT (id) DO UPDATE SET mark = excluded.mark";
            let marked = run(&inner, sql, vec![mark.into()]).await;
            marked.inspect_err(|error| {
                if is_unavailable(error) {
                    state.distrust(error);
                }
            })?;
        }
        Ok((inner, WritePermit { state, mark }))
    }

    /// Runs a transaction on the calling thread. Nothing is done while a commit must be proved, and
    /// nothing stored where `work` answers nothing. After an error the connection is closed, which undoes
    /// whatever it was in the middle of.
    pub(in crate::db) async fn commit_directly<T>(
        &self,
        work: impl FnOnce(&Direct) -> DirectResult<Option<T>>,
    ) -> Result<Option<T>, DbErr> {
        let state = self.permit().await?;
        if state.is_unproven {
            return Ok(None);
        }
        let done = state.transact(work).map_err(|error| direct::error(&error));
        let done = done.inspect_err(|error| state.distrust(error))?;
        if done.is_some() {
            state.checkpoints.committed();
        }
        Ok(done)
    }

    /// The connection for one transaction, a sound one.
    async fn permit(&self) -> Result<OwnedMutexGuard<State>, DbErr> {
        let waiting = tokio::time::timeout(ACQUIRE_TIMEOUT, self.state.clone().lock_owned());
        let mut state =
            waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if state.is_suspect.load(Ordering::Relaxed) {
            state.reopen().await?;
        }
        Ok(state)
    }

    /// Closes the connection.
    pub(in crate::db) async fn close(self) -> Result<(), DbErr> {
        let mut state = self.state.lock().await;
        state.direct = std::sync::Mutex::default();
        state.connection.clone().close().await
    }
}

impl State {
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        self.connection.begin_with_options(immediate).await
    }

    fn transact<T>(
        &self,
        work: impl FnOnce(&Direct) -> DirectResult<Option<T>>,
    ) -> DirectResult<Option<T>> {
        let mut direct = self.direct.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, so that only one that has done its work is used again.
        let connection = match direct.take() {
            Some(connection) => connection,
            None => direct::open(self.location.file())?,
        };
        let done = direct::transact(&connection, work)?;
        *direct = Some(connection);
        Ok(done)
    }

    /// After a COMMIT that was answered well: SQLite's own count says so too, or the process ends.
    fn must_have_committed(&self, before: u64) {
        if self.commits.load(Ordering::Relaxed) == before {
            tracing::error!("a transaction was said to be committed and was not: the server ends");
            std::process::abort();
        }
    }

    fn distrust(&self, error: &DbErr) {
        self.is_suspect.store(true, Ordering::Relaxed);
        if self.is_unproven {
            // Said when it began.
            return;
        }
        let file = self.location.file().display();
        match unavailable(error) {
            Some(Unavailable::Full) => tracing::error!(
                %file, %error, "the disk is full: nothing is stored until there is room again"
            ),
            _ => tracing::error!(
                %file, %error, "the database cannot be written: nothing is stored until it can be"
            ),
        }
    }

    /// Replaces the connection. A reader's stays open meanwhile: with none left, the next to open the
    /// database would recover it from the log, and show what was written there but never flushed.
    async fn reopen(&mut self) -> Result<(), DbErr> {
        self.direct = std::sync::Mutex::default();
        let reader = self.readers.get_sqlite_connection_pool().acquire();
        let _reader = reader.await.map_err(|error| broken(error.to_string()))?;
        self.is_unproven = true;
        let closing = self.connection.clone().close();
        tokio::time::timeout(ACQUIRE_TIMEOUT, closing)
            .await
            .map_err(|_| broken("the old connection does not end"))??;
        self.connection = self.location.writer(self.commits.clone()).await.map_err(reopening)?;
        self.is_suspect.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a connection that had no part in it reads the mark of a commit.
    async fn is_stored(&self, mark: &str) -> Result<bool, DbErr> {
        let fresh = self.location.readers(1).await.map_err(reopening)?;
        let rows = query(&fresh, "SELECT mark FROM commit_marks WHERE id = 1", vec![]).await;
        fresh.close().await?;
        let rows = rows?;
        let stored = rows.first().map(|row| row.try_get::<String>("", "mark")).transpose()?;
        Ok(stored.as_deref() == Some(mark))
    }
}

impl WritePermit {
    /// From now on nothing more is done on this connection.
    pub(in crate::db) fn distrust(&self, error: &DbErr) {
        self.state.distrust(error);
    }

    /// Commits, and answers `Ok` only for what is sure to be stored.
    pub(in crate::db) async fn commit(
        mut self,
        committing: impl Future<Output = Result<(), DbErr>>,
    ) -> Result<(), DbErr> {
        // A caller who goes away meanwhile leaves it so, and that is right.
        self.state.is_suspect.store(true, Ordering::Relaxed);
        let before = self.state.commits.load(Ordering::Relaxed);
        committing.await.inspect_err(|error| self.state.distrust(error))?;
        self.state.must_have_committed(before);
        if let Some(mark) = self.mark.take() {
            if !self.state.is_stored(&mark).await? {
                let file = self.state.location.file().display();
                tracing::error!(%file, "what was committed is not stored; nothing is acknowledged");
                return Err(broken("what was committed is not there"));
            }
            self.state.is_unproven = false;
            tracing::info!("the database stores again");
        }
        self.state.is_suspect.store(false, Ordering::Relaxed);
        self.state.checkpoints.committed();
        Ok(())
    }
}
