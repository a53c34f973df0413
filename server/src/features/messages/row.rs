//! A message as it is stored, and its way to the wire.

use adda_protocol::Timestamp;
use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::messages::{Link, Message};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{links, mentions};

/// A stored message together with who sent it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MessageRow {
    /// The id.
    pub id: Uuid,
    /// The room's number.
    pub room_id: i64,
    /// The place.
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

impl MessageRow {
    /// The wire form.
    #[must_use]
    pub fn to_wire(&self, room: &str) -> Message {
        let links = self.text.as_deref().map(links::find_links).unwrap_or_default();
        let offset = |scalars: usize| u32::try_from(scalars).unwrap_or(u32::MAX);
        Message {
            id: self.id,
            room: room.to_owned(),
            seq: self.seq,
            changed_seq: self.changed_seq,
            client_id: self.client_id,
            sender: UserRef {
                id: self.sender_id,
                username: self.username.clone(),
                display_name: self.display_name.clone(),
                avatar_url: avatar_url(self.avatar.as_deref()),
            },
            text: self.text.clone(),
            links: links
                .into_iter()
                .map(|link| Link {
                    start: offset(link.start),
                    end: offset(link.end),
                    url: link.url,
                })
                .collect(),
            mentions: mentions::decode(self.mentions.as_deref()),
            created_at: Timestamp(self.created_at),
            edited_at: self.edited_at.map(Timestamp),
            deleted_at: self.deleted_at.map(Timestamp),
        }
    }
}
