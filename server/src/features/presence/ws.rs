//! The socket's commands about typing and about who is online.

use std::sync::Arc;

use adda_protocol::command::TypingKind;
use adda_protocol::event::{ServerFrame, TypingNotice};
use adda_protocol::{Problem, UserId};
use adda_realtime::Outbox;

use super::service::Presence;
use crate::features::rooms::RoomRef;

/// A typing notice is to be forgotten after so long.
pub(crate) const TYPING_TTL_MS: u64 = 6_000;

/// `typing`, in a room that the socket is subscribed to.
pub(crate) fn typing(
    presence: &Presence,
    user_id: UserId,
    room: &RoomRef,
    members_version: i64,
    kind: TypingKind,
) {
    let notice =
        TypingNotice { room: room.name.to_string(), user_id, kind, expires_in_ms: TYPING_TTL_MS };
    let frame = ServerFrame::Typing(notice).to_bytes();
    presence.hint(room.topic(), members_version, user_id, frame);
}

/// `presence.watch`: the frames that say how it is now.
///
/// # Errors
/// The problem, when the database cannot say who was last seen when.
pub(crate) async fn watch(
    presence: &Presence,
    users: &[UserId],
    outbox: &Arc<Outbox>,
) -> Result<Vec<String>, Problem> {
    Ok(presence.tell_of(users, outbox).await?)
}
