//! Messages of private rooms, in their present state.

use sea_orm::entity::prelude::*;

/// A row of `private_messages`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "private_messages")]
pub struct Model {
    /// The id (UUID v7).
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The room.
    pub room_id: i64,
    /// The number it was created with.
    pub seq: i64,
    /// The number of its latest change.
    pub changed_seq: i64,
    /// The id that the sender's client gave it.
    pub client_id: Uuid,
    /// A digest of what was first sent under the `client_id`, to tell a repeat from a reuse.
    pub client_digest: i64,
    /// Who wrote it.
    pub sender_id: i64,
    /// What was written; absent once deleted.
    pub text: Option<String>,
    /// Who is mentioned in the text and where, as JSON; absent when nobody is.
    pub mentions: Option<String>,
    /// What it carries, as JSON; absent when that is nothing.
    pub media: Option<String>,
    /// The `seq` of the last message before it that somebody else wrote, 0 where there is none.
    pub others_before: Option<i64>,
    /// When it was written.
    pub created_at: i64,
    /// When it was last edited.
    pub edited_at: Option<i64>,
    /// When it was deleted.
    pub deleted_at: Option<i64>,
}

/// No relations: joins are written where they are used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
