//! PostgreSQL: a pool for what writes, one for what only reads.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{Connection, Error};
use sea_orm::{ConnectOptions, DatabaseConnection, DatabaseTransaction, DbErr};

use super::deadline::{Deadline, Stalls};
use super::open::{ACQUIRE_TIMEOUT, OpenError, connect};
use super::rows::{query, run};

/// What the connections of a server are called at the database, and those of a transfer.
pub(super) const SERVER: &str = "adda";
pub(super) const TRANSFER: &str = "adda transfer";

/// A few that are always busy rather than many that are seldom: each plans each statement anew.
const WRITE_CONNECTIONS: u32 = 6;
const READ_CONNECTIONS: u32 = 14;
/// Of these, what sockets may take; the rest is for requests.
pub(super) const READERS: u32 = 10;
/// The longest that a statement may take. The server is told to give up waiting for a lock before.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_TIMEOUT: &str = "4s";
/// A transaction in which the database hears nothing more is given up by it, with the locks of its rooms:
/// whoever began it stands still, or is gone without a word.
const IDLE_TIMEOUT: (&str, &str) = ("idle_in_transaction_session_timeout", "10s");
/// So the database notices a server that is gone without a word, and has its connections back.
const KEEPALIVES: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];
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

/// The two pools, and how long their statements may take.
pub(super) struct Pools {
    pub(super) write: DatabaseConnection,
    pub(super) read: DatabaseConnection,
    pub(super) deadline: Deadline,
}

pub(super) async fn open(url: &str) -> Result<Pools, OpenError> {
    let stalls = Arc::new(Stalls::default());
    // What writes finds its rows by their keys, so that no value makes another plan a better one; left to
    // itself, the database plans each statement five times on each connection before it keeps a plan.
    let plans = ("plan_cache_mode", "force_generic_plan");
    let write = connect(options(url, stalls.clone(), WRITE_CONNECTIONS, Some(plans))).await?;
    let read = connect(options(url, stalls.clone(), READ_CONNECTIONS, Some(plans))).await?;
    Ok(Pools { write, read, deadline: Deadline { within: STATEMENT_TIMEOUT, stalls } })
}

/// Opens one connection for what takes long, which nobody waits for.
pub(super) async fn open_whole(url: &str) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .min_connections(1)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name(TRANSFER).statement_cache_capacity(256).options([
                ("statement_timeout", "0"),
                ("idle_in_transaction_session_timeout", "0"),
                ("synchronous_commit", "on"),
            ])
        });
    connect(options).await
}

/// Whoever has this lock changes the schema. Any number that no other program at the database uses.
const SCHEMA_LOCK: i64 = 0x4144_4441;
/// So long a server waits for another one that is changing the schema.
const SCHEMA_LOCK_TIMEOUT: &str = "10min";

/// Waits until no other server changes the schema, and keeps others from it until the end of the
/// transaction.
pub(super) async fn lock_schema(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    run(transaction, format!("SET LOCAL lock_timeout = '{SCHEMA_LOCK_TIMEOUT}'"), vec![]).await?;
    // What is moved may be thought about for longer.
    run(transaction, format!("SET LOCAL {} = 0", IDLE_TIMEOUT.0), vec![]).await?;
    query(transaction, "SELECT pg_advisory_xact_lock($1)", vec![SCHEMA_LOCK.into()]).await?;
    Ok(())
}

fn options(
    url: &str,
    stalls: Arc<Stalls>,
    connections: u32,
    plans: Option<(&'static str, &'static str)>,
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
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
        .map_sqlx_postgres_opts(move |postgres| {
            postgres
                .application_name(SERVER)
                .statement_cache_capacity(256)
                // The promise of the acknowledgement, whatever the server's own default is.
                .options([
                    ("synchronous_commit", "on"),
                    ("lock_timeout", LOCK_TIMEOUT),
                    IDLE_TIMEOUT,
                    // Statements here are short and many: compiling one costs more than it runs.
                    ("jit", "off"),
                ])
                .options(KEEPALIVES)
                .options(plans)
        });
    options
}
