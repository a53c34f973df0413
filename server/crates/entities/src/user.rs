//! Everybody with an account, and Adda itself (id 0), which greets and cannot sign in.

use sea_orm::entity::prelude::*;

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// The number; 0 is Adda itself.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The handle, lower case, unique.
    #[sea_orm(unique)]
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The same in lower case, by which people are found and listed.
    pub name_key: String,
    /// Argon2id in PHC form; absent where nobody can sign in.
    pub password_hash: Option<String>,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// When the account was disabled, if it was.
    pub disabled_at: Option<i64>,
    /// When the last device went away.
    pub last_seen_at: Option<i64>,
    /// The name of their picture's file, if they have one.
    pub avatar: Option<String>,
    /// Whether they keep to themselves when they are online and were last seen.
    pub hide_last_seen: bool,
    /// Whether they keep to themselves what reached them and what they have read.
    pub hide_receipts: bool,
    /// When the account was made.
    pub created_at: i64,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
