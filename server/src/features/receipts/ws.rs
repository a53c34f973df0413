//! The socket's command about read marks.

use adda_protocol::command::Read;
use adda_protocol::{Problem, UserId};

use super::service::Receipts;

/// `read`.
///
/// # Errors
/// The problem, when the mark was not moved.
pub async fn read(receipts: &Receipts, user_id: UserId, command: &Read) -> Result<(), Problem> {
    receipts.read(user_id, &command.room, command.seq).await?;
    Ok(())
}
