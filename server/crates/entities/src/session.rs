//! Signed-in devices. Nothing here lets a thief of the database in: tokens are derived, not stored.

use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// The id, part of the refresh token and of the access token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: i64,
    /// Random; part of what the refresh tokens are derived from.
    pub salt: Vec<u8>,
    /// The generation of the current refresh token.
    pub generation: i64,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When it signed in.
    pub created_at: i64,
    /// When the current generation was made.
    pub rotated_at: i64,
    /// The latest generation that is known to have arrived: something of it was used.
    pub used_generation: i64,
    /// How many generations in a row, up to the one that was repeated last, were repeated.
    pub repeats: i64,
    /// The generation that was repeated last, where there are repeats.
    pub repeated_generation: i64,
    /// When it must sign in anew.
    pub expires_at: i64,
    /// When it was ended, if it was.
    pub revoked_at: Option<i64>,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
