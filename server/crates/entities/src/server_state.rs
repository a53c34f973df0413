//! One row: what the server must remember about itself.

use sea_orm::entity::prelude::*;

/// A row of `server_state`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server_state")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The epoch of all numbers; new after a restore.
    pub epoch: String,
    /// Tells this server from others on the same host.
    pub server_id: String,
    /// Sessions from before this moment may still be shown under a name without the id.
    pub named_at: i64,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
