//! Messages with a recording or a picture in the very frame, as in the original system.
//!
//! It is decoded, added like an upload and attached. That takes a while, in which other commands of the
//! same socket go on: such a message takes its place in the room when it is ready.

use std::sync::Arc;

use adda_protocol::event::acknowledgement;
use adda_protocol::media::InlineMedia;
use adda_protocol::{FieldError, MessageText, Problem, UserId};
use uuid::Uuid;

use super::content::Content;
use super::operation::{Actor, Operation};
use super::service::{Messages, settled};
use crate::features::media::{Inline, Media, MediaError, Owner};
use crate::features::rooms::RoomRef;
use crate::incoming::UploadTurn;

/// What adds what stood in a frame, on behalf of whoever sent it.
pub(crate) struct Uploader {
    pub(crate) media: Arc<Media>,
    pub(crate) owner: Owner,
    /// The right to send it, once it is given.
    pub(crate) turn: UploadTurn,
}

/// A message as it came.
pub(super) struct InlineMessage {
    pub(super) room: RoomRef,
    pub(super) user_id: UserId,
    pub(super) client_id: Uuid,
    pub(super) text: Option<MessageText>,
    /// The field of the frame, and what stood there.
    pub(super) inline: (&'static str, Inline),
}

/// What stands in this field of a frame.
pub(super) fn decode(
    field: &'static str,
    media: InlineMedia,
    decode: impl FnOnce(InlineMedia) -> Result<Inline, MediaError>,
) -> Result<(&'static str, Inline), Problem> {
    let inline = decode(media).map_err(|error| within(field, error))?;
    Ok((field, inline))
}

/// A problem of what stands in a field of a frame: what is said of an uploaded file is said of it.
fn within(field: &str, error: MediaError) -> Problem {
    let problem = Problem::from(error);
    let Some(errors) = problem.errors else { return problem };
    let of_field = |detail| FieldError { field: format!("{field}.data"), detail };
    Problem::invalid(errors.into_iter().map(|error| of_field(error.detail)).collect())
}

/// Adds it, and writes the message.
pub(super) async fn send(
    messages: Arc<Messages>,
    uploader: Uploader,
    message: InlineMessage,
    reference: Option<String>,
) -> Result<String, Problem> {
    let InlineMessage { room, user_id, client_id, text, inline: (field, inline) } = message;
    let Uploader { media, owner, turn } = uploader;
    let hash = inline.hash();
    let permit = turn.await.map_err(Problem::from)?;
    let upload = media.add_inline(owner, inline, permit).await;
    let upload = upload.map_err(|error| within(field, error))?.id;

    let content = Content::with_inline(text, upload, hash);
    let operation = Operation::Create { client_id, content };
    let written = match messages.submit(&room, Actor::author(user_id), operation).await {
        Ok(pending) => settled(pending).await,
        Err(error) => Err(error),
    };
    // A repeat, whose first sending is there, or nothing.
    if !written.as_ref().is_ok_and(|accepted| !accepted.duplicate) {
        media.take_back(owner, upload).await;
    }
    let accepted = written?;
    Ok(acknowledgement(reference.as_deref(), &accepted.json, accepted.duplicate))
}
