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
use super::operation::{Accepted, Actor, Operation};
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
    pub(super) media: InFrame,
}

/// What stands in the frame, in which field.
pub(super) enum InFrame {
    Audio(InlineMedia),
    Image(InlineMedia),
}

impl InFrame {
    const fn field(&self) -> &'static str {
        match self {
            Self::Audio(_) => "audio",
            Self::Image(_) => "image",
        }
    }

    /// It takes long enough to be done where nobody waits for the thread.
    async fn decode(self) -> Result<(Inline, [u8; 32]), Problem> {
        let field = self.field();
        let decode = move || {
            let inline = match self {
                Self::Audio(audio) => Inline::audio(audio),
                Self::Image(image) => Inline::image(image),
            }?;
            let hash = inline.hash();
            Ok((inline, hash))
        };
        let decoded = tokio::task::spawn_blocking(decode).await;
        decoded.map_err(|_| Problem::internal())?.map_err(|error| within(field, error))
    }
}

/// A problem of what stands in a field of a frame: what is said of an uploaded file is said of it.
fn within(field: &str, error: MediaError) -> Problem {
    let problem = Problem::from(error);
    let Some(errors) = problem.errors else { return problem };
    let of_field = |detail| FieldError { field: format!("{field}.data"), detail };
    Problem::invalid(errors.into_iter().map(|error| of_field(error.detail)).collect())
}

/// Adds it, and writes the message. A repeat is told before it is added once more, and again where that
/// fails: its first sending may have been under way.
pub(super) async fn send(
    messages: Arc<Messages>,
    uploader: Uploader,
    message: InlineMessage,
    reference: Option<String>,
) -> Result<String, Problem> {
    let InlineMessage { room, user_id, client_id, text, media: in_frame } = message;
    let Uploader { media, owner, turn } = uploader;
    let field = in_frame.field();
    let (inline, hash) = in_frame.decode().await?;
    // Its digest is that of what stood in the frame, whichever upload it becomes.
    let content = |upload| Content::with_inline(text.clone(), upload, hash);
    let repeated = content(Uuid::nil());
    let acknowledged = |accepted: Accepted| {
        acknowledgement(reference.as_deref(), &accepted.json, accepted.duplicate)
    };
    let sending = messages.in_frame_turn(user_id, &room, client_id).await;
    let _sending = sending.ok_or_else(|| Problem::rate_limited(1_000))?;
    let permit = turn.await.map_err(Problem::from)?;
    let before = messages.sent_before(&room, user_id, client_id, &repeated).await?;
    if let Some(accepted) = before {
        return Ok(acknowledged(accepted));
    }

    let upload = match media.add_inline(owner, inline, permit).await {
        Ok(upload) => upload.id,
        Err(error) => {
            let meanwhile = messages.sent_before(&room, user_id, client_id, &repeated).await?;
            return meanwhile.map(acknowledged).ok_or_else(|| within(field, error));
        }
    };
    let operation = Operation::Create { client_id, content: content(upload) };
    let written = match messages.submit(&room, Actor::author(user_id), operation).await {
        Ok(pending) => settled(pending).await,
        Err(error) => Err(error),
    };
    // A repeat, whose first sending is there, or nothing.
    if !written.as_ref().is_ok_and(|accepted| !accepted.duplicate) {
        media.take_back(owner, upload).await;
    }
    Ok(acknowledged(written?))
}
