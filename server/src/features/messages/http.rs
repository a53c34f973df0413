//! The REST operations of messages.

use std::sync::Arc;

use adda_protocol::RoomName;
use adda_protocol::messages::{
    ChangePage, EditMessageRequest, Message, MessagePage, SendMessageRequest,
};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use super::content::Content;
use super::error::MessageError;
use super::operation::{Accepted, Actor, Operation};
use super::service::{History, Messages, settled};
use crate::budget::{Payer, costs};
use crate::features::accounts::Bearer;
use crate::http::{
    BASE, Body, CONFLICT, Created, FORBIDDEN, Fails, NOT_FOUND, SIGNED_IN, WITH_BODY,
};

#[derive(Tags)]
enum Tag {
    /// Writing, changing and reading messages.
    #[oai(rename = "messages")]
    Messages,
}

impl<const GROUPS: u32> From<MessageError> for Fails<GROUPS> {
    fn from(error: MessageError) -> Self {
        Self::with(error)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct MessagesApi;

#[OpenApi(tag = "Tag::Messages")]
impl MessagesApi {
    /// Read a room's history.
    ///
    /// Ascending by `seq`, bounds exclusive except that `around` includes its own number. Without a
    /// bound, the newest page. A page of long texts ends early; `has_before` and `has_after` say what
    /// is left on either side.
    #[oai(path = "/rooms/:room/messages", method = "get", operation_id = "listMessages")]
    async fn history(
        &self,
        messages: Data<&Arc<Messages>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// Only messages whose `seq` is below this.
        before: Query<Option<i64>>,
        /// Only messages whose `seq` is above this.
        after: Query<Option<i64>>,
        /// The messages on both sides of this `seq`.
        around: Query<Option<i64>>,
        /// The most messages of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<MessagePage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let part = History::new(before.0, after.0, around.0)?;
        let limit = usize::from(limit.0.unwrap_or(50));
        Ok(Json(messages.history(&bearer.0, &room.0, part, limit).await?))
    }

    /// Write a message.
    ///
    /// Answered once it is stored for good: 201, or 200 for a `client_id` that was stored before.
    #[oai(path = "/rooms/:room/messages", method = "post", operation_id = "sendMessage")]
    async fn send(
        &self,
        messages: Data<&Arc<Messages>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        body: Body<SendMessageRequest>,
    ) -> Result<
        Created<Message>,
        Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND | CONFLICT }>,
    > {
        let SendMessageRequest { client_id, text, media } = body.0;
        let content = Content::new(text, media.unwrap_or_default())?;
        let accepted = messages.send(&bearer.0, &room.0, client_id, content).await?;
        pay(&payer, &messages, &room.0, &accepted);
        let duplicate = accepted.duplicate;
        let message = messages.wire(&accepted, &room.0);
        Ok(if duplicate { Created::Known(message) } else { Created::New(message) })
    }

    /// Get a message.
    #[oai(path = "/rooms/:room/messages/:message_id", method = "get", operation_id = "getMessage")]
    async fn message(
        &self,
        messages: Data<&Arc<Messages>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// The message.
        message_id: Path<Uuid>,
    ) -> Result<Json<Message>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(messages.message(&bearer.0, &room.0, message_id.0).await?))
    }

    /// Edit one's own message.
    #[oai(
        path = "/rooms/:room/messages/:message_id",
        method = "patch",
        operation_id = "editMessage"
    )]
    async fn edit(
        &self,
        messages: Data<&Arc<Messages>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// The message.
        message_id: Path<Uuid>,
        body: Body<EditMessageRequest>,
    ) -> Result<
        Json<Message>,
        Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN | NOT_FOUND | CONFLICT }>,
    > {
        let content = Content::edited(body.0.text);
        let operation = Operation::Edit { message_id: message_id.0, content };
        let accepted = messages.write(Actor::author(bearer.0.id), &room.0, operation).await?;
        pay(&payer, &messages, &room.0, &accepted);
        Ok(Json(messages.wire(&accepted, &room.0)))
    }

    /// Delete one's own message.
    ///
    /// It stays as a tombstone without content, which is answered. Deleting it again changes nothing.
    #[oai(
        path = "/rooms/:room/messages/:message_id",
        method = "delete",
        operation_id = "deleteMessage"
    )]
    async fn delete(
        &self,
        messages: Data<&Arc<Messages>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// The message.
        message_id: Path<Uuid>,
    ) -> Result<Json<Message>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let operation = Operation::Delete { message_id: message_id.0 };
        let accepted = messages.write(Actor::author(bearer.0.id), &room.0, operation).await?;
        pay(&payer, &messages, &room.0, &accepted);
        Ok(Json(messages.wire(&accepted, &room.0)))
    }

    /// Say that one has listened to a voice message.
    ///
    /// Whoever sent it sees it in a private room where neither of the two hides what they have read; elsewhere
    /// nothing changes.
    #[oai(
        path = "/rooms/:room/messages/:message_id/listened",
        method = "put",
        operation_id = "markListened"
    )]
    async fn listened(
        &self,
        messages: Data<&Arc<Messages>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// The message.
        message_id: Path<Uuid>,
    ) -> Result<Json<Message>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let pending = messages.listened(bearer.0.id, &room.0, message_id.0).await?;
        let accepted = settled(pending).await?;
        pay(&payer, &messages, &room.0, &accepted);
        Ok(Json(messages.wire(&accepted, &room.0)))
    }

    /// Read what changed in a room.
    ///
    /// Every message created or changed after a number, in its present state. While `more` is true,
    /// go on after the greatest `changed_seq`; then after `last_seq`.
    #[oai(path = "/rooms/:room/changes", method = "get", operation_id = "listChanges")]
    async fn changes(
        &self,
        messages: Data<&Arc<Messages>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// The number after which to begin; everything where absent.
        after: Query<Option<i64>>,
        /// The most messages of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<ChangePage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let limit = usize::from(limit.0.unwrap_or(50));
        Ok(Json(messages.changes(&bearer.0, &room.0, after.0.unwrap_or(0), limit).await?))
    }
}

/// Pays for telling everybody in the room.
fn pay(payer: &Payer, messages: &Messages, room: &RoomName, accepted: &Accepted) {
    if !accepted.duplicate {
        let sockets = messages.audience(room, accepted.row.room_id);
        payer.charge(costs::deliveries(sockets, accepted.json.len()));
    }
}
