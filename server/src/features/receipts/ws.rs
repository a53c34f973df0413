//! The socket's commands about how far one has got.

use adda_protocol::command::{Delivered, Read};
use adda_protocol::{Problem, UserId};

use super::service::Receipts;

/// `delivered`.
///
/// # Errors
/// The problem, when the mark was not moved.
pub async fn delivered(
    receipts: &Receipts,
    user_id: UserId,
    command: &Delivered,
) -> Result<(), Problem> {
    receipts.delivered(user_id, &command.room, command.seq).await?;
    Ok(())
}

/// `read`.
///
/// # Errors
/// The problem, when the mark was not moved.
pub async fn read(receipts: &Receipts, user_id: UserId, command: &Read) -> Result<(), Problem> {
    receipts.read(user_id, &command.room, command.seq).await?;
    Ok(())
}
