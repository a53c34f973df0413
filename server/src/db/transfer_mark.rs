//! The mark of a database that a transfer has not filled yet.
//!
//! It stands among the migrations: there every version of Adda looks first, and it serves nothing that has one
//! which it does not know. So nobody serves half of a server, whatever starts it.

use sea_orm::{ConnectionTrait, DbErr};

use super::open::OpenError;
use super::rows::run;
use super::schema::{MARK, applied, expect_these};

/// The epoch of the source of which a transfer has begun, and has not ended.
///
/// # Errors
/// The database.
pub(crate) async fn transfer_under_way(
    connection: &impl ConnectionTrait,
) -> Result<Option<String>, DbErr> {
    let applied = applied(connection).await?;
    Ok(applied.iter().find_map(|name| name.strip_prefix(MARK)).map(str::to_owned))
}

/// Whether a database that is being filled has the schema of this version.
///
/// # Errors
/// [`OpenError::Newer`], [`OpenError::Older`], the database.
pub(crate) async fn expect_current_beside_mark(
    connection: &impl ConnectionTrait,
) -> Result<(), OpenError> {
    let mut applied = applied(connection).await.map_err(OpenError::Connect)?;
    applied.retain(|name| !name.starts_with(MARK));
    expect_these(&applied)
}

/// Marks a database: from now on nobody serves it.
///
/// # Errors
/// The database.
pub(crate) async fn begin_transfer(
    connection: &impl ConnectionTrait,
    epoch: &str,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ($1, 0)";
    run(connection, sql, vec![format!("{MARK}{epoch}").into()]).await.map(drop)
}

/// Takes the mark away: all is there.
///
/// # Errors
/// The database.
pub(crate) async fn end_transfer(
    connection: &impl ConnectionTrait,
    epoch: &str,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM seaql_migrations WHERE version = $1";
    run(connection, sql, vec![format!("{MARK}{epoch}").into()]).await.map(drop)
}
