//! The first message: Adda's greeting in the default room.

use adda_protocol::{MessageText, UserId};
use sea_orm::DbErr;
use uuid::Uuid;

use super::content::Content;
use super::row::MessageRow;
use super::writer;
use crate::clock::Clock;
use crate::db::{Family, Transaction};

const GREETING: &str = "Welcome to Adda! This is the first room; everybody is here. Say hello, or \
     make a room of your own. Whatever is said here stays on this server.";

/// Writes the greeting into a public room that was just made.
///
/// # Errors
/// The database.
pub(crate) async fn greet(
    transaction: &Transaction,
    clock: &Clock,
    sender_id: UserId,
    room_id: i64,
) -> Result<(), DbErr> {
    let text = MessageText::parse(GREETING).map_err(DbErr::Custom)?;
    let (client_id, content) = (Uuid::new_v4(), Content::from(text));
    let greeting = MessageRow {
        id: clock.uuid(),
        room_id,
        seq: 1,
        changed_seq: 1,
        client_id,
        client_digest: content.digest(),
        sender_id,
        text: content.text().map(str::to_owned),
        mentions: None,
        media: None,
        created_at: clock.now_ms(),
        edited_at: None,
        deleted_at: None,
        username: String::new(),
        display_name: String::new(),
        avatar: None,
    };
    writer::insert(transaction, Family::Public, [(&greeting, Some(0))]).await?;
    writer::set_last_seq(transaction, Family::Public, [(room_id, 1)]).await
}
