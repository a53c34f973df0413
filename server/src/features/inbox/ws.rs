//! The socket's commands about how far one has got.

use adda_protocol::command::{Delivered, Read};
use adda_protocol::{Problem, UserId};

use super::service::Inbox;

/// `delivered`.
///
/// # Errors
/// The problem, when the mark was not moved.
pub(crate) async fn delivered(
    inbox: &Inbox,
    user_id: UserId,
    command: &Delivered,
) -> Result<(), Problem> {
    inbox.delivered(user_id, &command.room, command.seq).await?;
    Ok(())
}

/// `read`.
///
/// # Errors
/// The problem, when the mark was not moved.
pub(crate) async fn read(inbox: &Inbox, user_id: UserId, command: &Read) -> Result<(), Problem> {
    inbox.read(user_id, &command.room, command.seq).await?;
    Ok(())
}
