//! The socket's commands about messages.
//!
//! Each queues its operation at once, in the order of the frames, and answers later: a client may
//! send without waiting.

use std::sync::Arc;

use adda_protocol::command::{MessageDelete, MessageEdit, MessageListened, MessageSend};
use adda_protocol::event::acknowledgement;
use adda_protocol::{Problem, RoomName, UserId, WrittenText};
use futures_util::future::BoxFuture;

use super::content::Content;
use super::error::MessageError;
use super::inline::{self, InFrame, InlineMessage, Uploader};
use super::operation::{Actor, Operation};
use super::service::{Messages, settled};
use crate::features::rooms::{RoomRef, Rooms};

/// The answer to a command, once there is one: the frame to write, encoded.
pub(crate) type Answer = BoxFuture<'static, Result<String, Problem>>;

/// Finds the room of a command: the ones that the socket is subscribed to are known to it, others
/// are looked up through the person.
pub(crate) struct Target<'a> {
    pub user_id: UserId,
    /// The room, where the socket knows it.
    pub known: Option<RoomRef>,
    /// To look it up otherwise.
    pub rooms: &'a Rooms,
}

impl Target<'_> {
    async fn room(&self, name: &RoomName) -> Result<RoomRef, MessageError> {
        match &self.known {
            Some(room) => Ok(room.clone()),
            None => Ok(self.rooms.find(self.user_id, name).await?.room),
        }
    }
}

async fn submit(
    messages: &Messages,
    target: Target<'_>,
    name: &RoomName,
    operation: Operation,
    reference: Option<String>,
) -> Result<Answer, Problem> {
    let room = target.room(name).await?;
    let pending = messages.submit(&room, Actor::author(target.user_id), operation).await?;
    Ok(Box::pin(async move {
        let accepted = settled(pending).await?;
        Ok(acknowledgement(reference.as_deref(), &accepted.json, accepted.duplicate))
    }))
}

/// `message.send` without a recording or a picture in it.
///
/// # Errors
/// The problem, when nothing was queued.
pub(crate) async fn send(
    messages: &Messages,
    target: Target<'_>,
    command: MessageSend,
) -> Result<Answer, Problem> {
    let MessageSend { reference, room, client_id, text, media, audio: _, image: _ } = command;
    let content = Content::new(text, media.unwrap_or_default())?;
    submit(messages, target, &room, Operation::Create { client_id, content }, reference).await
}

/// `message.send` with one in it.
///
/// # Errors
/// The problem, when it cannot be read.
pub(crate) async fn send_inline(
    messages: &Arc<Messages>,
    target: Target<'_>,
    command: MessageSend,
    uploader: Uploader,
) -> Result<Answer, Problem> {
    let MessageSend { reference, room, client_id, text, media, audio, image } = command;
    let media = match (audio, image, media) {
        (Some(audio), None, None) => InFrame::Audio(audio),
        (None, Some(image), None) => InFrame::Image(image),
        _ => return Err(MessageError::SeveralMedia.into()),
    };
    let room = target.room(&room).await?;
    let text = text.and_then(WrittenText::into_message_text);
    let message = InlineMessage { room, user_id: target.user_id, client_id, text, media };
    Ok(Box::pin(inline::send(messages.clone(), uploader, message, reference)))
}

/// `message.edit`.
///
/// # Errors
/// The problem, when nothing was queued.
pub(crate) async fn edit(
    messages: &Messages,
    target: Target<'_>,
    command: MessageEdit,
) -> Result<Answer, Problem> {
    let MessageEdit { reference, room, message_id, text } = command;
    let content = Content::edited(text);
    submit(messages, target, &room, Operation::Edit { message_id, content }, reference).await
}

/// `message.listened`.
///
/// # Errors
/// The problem, when nothing was queued.
pub(crate) async fn listened(
    messages: &Messages,
    user_id: UserId,
    command: MessageListened,
) -> Result<Answer, Problem> {
    let MessageListened { reference, room, message_id } = command;
    let pending = messages.listened(user_id, &room, message_id).await?;
    Ok(Box::pin(async move {
        let accepted = settled(pending).await?;
        Ok(acknowledgement(reference.as_deref(), &accepted.json, false))
    }))
}

/// `message.delete`.
///
/// # Errors
/// The problem, when nothing was queued.
pub(crate) async fn delete(
    messages: &Messages,
    target: Target<'_>,
    command: MessageDelete,
) -> Result<Answer, Problem> {
    let MessageDelete { reference, room, message_id } = command;
    submit(messages, target, &room, Operation::Delete { message_id }, reference).await
}
