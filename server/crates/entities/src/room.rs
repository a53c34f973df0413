//! Public rooms.

use sea_orm::entity::prelude::*;

/// A row of `rooms`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    /// The number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The name and address.
    #[sea_orm(unique)]
    pub name: String,
    /// The title.
    pub title: String,
    /// What it folds to.
    pub title_key: String,
    /// What it is about.
    pub topic: Option<String>,
    /// Who made it; absent for the default room.
    pub created_by: Option<i64>,
    /// When.
    pub created_at: i64,
    /// The number of the latest change.
    pub last_seq: i64,
    /// History before it was pruned.
    pub floor_seq: i64,
    /// Rises with each change of the members.
    pub members_version: i64,
    /// How many members there are.
    pub member_count: i64,
    /// What was sent to be stored by one statement before this stores nothing any more.
    pub settled_at: i64,
    /// An emoji that stands for it.
    pub emoji: Option<String>,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
