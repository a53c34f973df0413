//! Rooms of two people. Stored apart from public rooms, in columns that mean the same.

use sea_orm::entity::prelude::*;

/// A row of `private_rooms`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "private_rooms")]
pub struct Model {
    /// The number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `private_{lo}_{hi}`.
    #[sea_orm(unique)]
    pub name: String,
    /// The smaller user id.
    pub lo_user_id: i64,
    /// The greater user id.
    pub hi_user_id: i64,
    /// When it was made.
    pub created_at: i64,
    /// The number of the latest change.
    pub last_seq: i64,
    /// History before it was pruned.
    pub floor_seq: i64,
    /// Rises with each change of the members.
    pub members_version: i64,
    /// What was sent to be stored by one statement before this stores nothing any more.
    pub settled_at: i64,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
