//! What a transfer asks of both databases.

mod batches;
pub(super) mod compare;
pub(super) mod copy;
pub(super) mod counters;
pub(super) mod layout;
pub(super) mod rows;
pub(super) mod target;

use sea_orm::{ConnectionTrait, DbErr};

use crate::db;

/// The epoch of a server's numbers, which is also the name of its data; nothing where it was never served.
pub(super) async fn epoch(connection: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let rows = db::query(connection, "SELECT epoch FROM server_state", vec![]).await?;
    rows.first().map(|row| row.try_get("", "epoch")).transpose()
}
