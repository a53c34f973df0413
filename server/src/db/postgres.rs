//! PostgreSQL: one pool for everything.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{Connection, Error};
use sea_orm::{ConnectOptions, DatabaseConnection, DatabaseTransaction, DbErr};

use super::deadline::{Deadline, Stalls};
use super::open::{ACQUIRE_TIMEOUT, OpenError, connect};
use super::rows::{query, run};

const CONNECTIONS: u32 = 20;
/// Of these, what sockets may take to read; the rest is for writers and for requests.
pub(super) const READERS: u32 = 10;
/// The longest that a statement may take. The server is told to give up waiting for a lock before.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_TIMEOUT: &str = "4s";
/// A connection that did not answer has so long to prove, when it is given back, that it still does.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether a connection that was given back may be used again.
async fn is_sound(connection: &mut PgConnection, stalls: &Stalls) -> Result<bool, Error> {
    if stalls.are_recent() {
        let answer = tokio::time::timeout(RELEASE_TIMEOUT, connection.ping()).await;
        answer.map_err(|_| Error::PoolTimedOut)??;
    }
    Ok(!connection.is_in_transaction())
}

/// Opens the pool.
pub(super) async fn open(url: &str) -> Result<(DatabaseConnection, Deadline), OpenError> {
    let stalls = Arc::new(Stalls::default());
    let pool = connect(options(url, stalls.clone())).await?;
    Ok((pool, Deadline { within: STATEMENT_TIMEOUT, stalls }))
}

/// Whoever has this lock changes the schema. Any number that no other program at the database uses.
const SCHEMA_LOCK: i64 = 0x4144_4441;
/// So long a server waits for another one that is changing the schema.
const SCHEMA_LOCK_TIMEOUT: &str = "10min";

/// Waits until no other server changes the schema, and keeps others from it until the end of the
/// transaction.
pub(super) async fn lock_schema(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    run(transaction, format!("SET LOCAL lock_timeout = '{SCHEMA_LOCK_TIMEOUT}'"), vec![]).await?;
    query(transaction, "SELECT pg_advisory_xact_lock($1)", vec![SCHEMA_LOCK.into()]).await?;
    Ok(())
}

fn options(url: &str, stalls: Arc<Stalls>) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .min_connections(2)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        .map_sqlx_postgres_pool_opts(move |pool| {
            let stalls = stalls.clone();
            pool.after_release(move |connection, _| {
                let stalls = stalls.clone();
                Box::pin(async move { is_sound(connection, &stalls).await })
            })
        })
        .map_sqlx_postgres_opts(|postgres| {
            postgres
                .application_name("adda")
                .statement_cache_capacity(256)
                // The promise of the acknowledgement, whatever the server's own default is.
                .options([
                    ("synchronous_commit", "on"),
                    ("lock_timeout", LOCK_TIMEOUT),
                    // Statements here are short and many: compiling one costs more than it runs.
                    ("jit", "off"),
                ])
        });
    options
}
