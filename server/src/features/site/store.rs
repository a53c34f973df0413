//! The one row about the server.

use adda_entities::server_state;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, TryInsertResult};
use uuid::Uuid;

use crate::db::{self, Transaction};

/// What the server must remember about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// The epoch of all numbers; new after a restore.
    pub epoch: String,
    /// Tells this server from others on the same host.
    pub id: String,
    /// Sessions from before this moment may still be shown under a name without the id.
    pub named_at: i64,
}

/// Makes the row; `false` when it was there. Of servers that start together one makes it, and the others
/// wait until it has made whatever belongs to it.
///
/// # Errors
/// The database.
pub(crate) async fn begin(transaction: &Transaction) -> Result<bool, DbErr> {
    let random: [u8; 6] = rand::random();
    let fresh = server_state::ActiveModel {
        id: Set(1),
        epoch: Set(Uuid::new_v4().to_string()),
        server_id: Set(random.iter().map(|byte| format!("{byte:02x}")).collect()),
        named_at: Set(0),
    };
    let inserted = server_state::Entity::insert(fresh)
        .on_conflict(OnConflict::column(server_state::Column::Id).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Reads the row.
///
/// # Errors
/// The database, also when the row was not made yet.
pub(crate) async fn load(connection: &impl ConnectionTrait) -> Result<Site, DbErr> {
    let row = server_state::Entity::find_by_id(1).one(connection).await?;
    let site = |row: server_state::Model| Site {
        epoch: row.epoch,
        id: row.server_id,
        named_at: row.named_at,
    };
    row.map(site).ok_or_else(|| DbErr::RecordNotFound("server_state".to_owned()))
}

/// Waits for what only one may decide at a time, on whichever server, until its transaction ends.
///
/// # Errors
/// The database, that the lock was not given in time among it.
pub(crate) async fn lock(transaction: &Transaction) -> Result<(), DbErr> {
    db::lock_rows(transaction, "server_state", ["id"], vec![[1]]).await
}
