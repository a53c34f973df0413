//! The two ways in which stores reach the database: a [`Reader`] and a [`Transaction`].
//!
//! Both bound how long a statement may take where the database is another process, which may be
//! stopped without being gone: whoever asks is then refused within seconds, and may try again.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};

use super::deadline::{Deadline, in_time};
use super::failure::is_unavailable;
use super::sqlite::WritePermit;

/// For everything that only reads.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(super) connection: DatabaseConnection,
    deadline: Option<Deadline>,
}

impl Reader {
    pub(super) fn without_deadline(connection: DatabaseConnection) -> Self {
        Self { connection, deadline: None }
    }

    pub(super) fn within(connection: DatabaseConnection, deadline: Deadline) -> Self {
        Self { connection, deadline: Some(deadline) }
    }

    /// Whether the database answers.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        in_time(self.deadline.as_ref(), self.connection.ping()).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        in_time(self.deadline.as_ref(), self.connection.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        in_time(self.deadline.as_ref(), self.connection.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        in_time(self.deadline.as_ref(), self.connection.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        in_time(self.deadline.as_ref(), self.connection.query_all_raw(statement)).await
    }
}

/// A transaction that writes. Dropped, it leaves nothing.
///
/// Promises: [`Transaction::commit`] answers `Ok` only when everything that was asked of it was done
/// and is stored for good. A transaction of which a statement failed cannot be committed: databases
/// differ in whether they roll back by themselves, and one that did may well say yes to a COMMIT.
#[derive(Debug)]
pub(crate) struct Transaction {
    // Fields are dropped in this order: the connection goes back before the turn ends.
    inner: DatabaseTransaction,
    deadline: Option<Deadline>,
    has_failed: AtomicBool,
    permit: Option<WritePermit>,
}

impl Transaction {
    pub(super) fn new(
        inner: DatabaseTransaction,
        deadline: Option<Deadline>,
        permit: Option<WritePermit>,
    ) -> Self {
        Self { inner, deadline, has_failed: AtomicBool::new(false), permit }
    }

    /// Stores everything for good.
    ///
    /// # Errors
    /// What the database says; whether it is stored is then unknown.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        if self.has_failed.load(Ordering::Relaxed) {
            let sentence = "a transaction of which a statement failed was to be committed";
            return Err(DbErr::Custom(sentence.to_owned()));
        }
        let Self { inner, deadline, permit, .. } = self;
        // A commit that was begun is brought to its end also for a caller who goes away: half of one
        // would cost the connection, and with it everybody's next commit a new one.
        let committing = tokio::spawn(async move {
            let committing = in_time(deadline.as_ref(), inner.commit());
            match permit {
                None => committing.await,
                Some(permit) => permit.commit(committing).await,
            }
        });
        committing.await.unwrap_or_else(|_| {
            let sentence = "the commit was broken off";
            Err(DbErr::Conn(RuntimeErr::Internal(sentence.to_owned())))
        })
    }

    /// Undoes everything. Dropping does so too; this waits for it.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        in_time(self.deadline.as_ref(), self.inner.rollback()).await
    }

    async fn watched<T>(&self, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let answer = in_time(self.deadline.as_ref(), answer).await;
        if let Err(error) = &answer {
            self.has_failed.store(true, Ordering::Relaxed);
            if let Some(permit) = &self.permit
                && is_unavailable(error)
            {
                permit.distrust(error);
            }
        }
        answer
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.watched(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.watched(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.watched(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.watched(self.inner.query_all_raw(statement)).await
    }
}
