//! Members of private rooms with their read marks.

use sea_orm::entity::prelude::*;

/// A row of `private_room_members`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "private_room_members")]
pub struct Model {
    /// The room.
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: i64,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Since when.
    pub joined_at: i64,
    /// Up to where this person has read.
    pub read_seq: i64,
    /// Up to where the messages have reached a device of this person.
    pub delivered_seq: i64,
    /// Whether the person keeps the room at the top of their list.
    pub pinned: bool,
    /// What of it they want to hear of: `all`, `mentions` or `nothing`; absent for the usual.
    pub notifications: Option<String>,
    /// Whether they marked it to come back to.
    pub marked_unread: bool,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
