//! A message as it is stored.

use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A stored message together with who sent it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct MessageRow {
    pub id: Uuid,
    /// The room's number.
    pub room_id: i64,
    /// The number it was created with.
    pub seq: i64,
    /// The number of the latest change.
    pub changed_seq: i64,
    /// The id that the sender's client gave it.
    pub client_id: Uuid,
    /// A digest of what was first sent.
    pub client_digest: i64,
    /// Who sent it.
    pub sender_id: i64,
    /// The text; absent once deleted.
    pub text: Option<String>,
    /// Who is mentioned, as it is stored.
    pub mentions: Option<String>,
    /// What it carries, as it is stored.
    pub media: Option<String>,
    /// When it was written.
    pub created_at: i64,
    /// When it was last edited.
    pub edited_at: Option<i64>,
    /// When it was deleted.
    pub deleted_at: Option<i64>,
    /// The sender's handle.
    pub username: String,
    /// The sender's name.
    pub display_name: String,
    /// The name of the sender's picture.
    pub avatar: Option<String>,
}
