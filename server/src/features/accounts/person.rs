//! Somebody who is known, and where they come from.

use adda_protocol::accounts::{Me, avatar_url};
use adda_protocol::{Timestamp, UserId};
use uuid::Uuid;

use crate::peer::Peer;

/// What one person hides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// When they are online and were last seen.
    pub last_seen: bool,
    /// What reached them and what they have read.
    pub receipts: bool,
}

/// Somebody who proved who they are, as of this request.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The user's number.
    pub id: UserId,
    /// The handle.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The name of their picture.
    pub avatar: Option<String>,
    /// What they hide.
    pub hidden: Hidden,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// When the account was made.
    pub created_at: i64,
    /// The session that the token belongs to.
    pub session_id: Uuid,
    /// When the token ends, in milliseconds since the epoch.
    pub token_expires_at: i64,
}

impl Person {
    /// One's own account, as on the wire.
    #[must_use]
    pub(crate) fn me(&self) -> Me {
        Me {
            id: self.id,
            username: self.username.clone(),
            display_name: self.display_name.clone(),
            avatar_url: avatar_url(self.avatar.as_deref()),
            is_admin: self.is_admin,
            hide_last_seen: self.hidden.last_seen,
            hide_receipts: self.hidden.receipts,
            created_at: Timestamp(self.created_at),
        }
    }
}

/// Where a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// From whom.
    pub peer: Peer,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The tokens of devices that the browser showed.
    pub devices: Vec<String>,
}
