//! The REST operations of media.

use std::sync::Arc;

use adda_protocol::Problem;
use adda_protocol::media as wire;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

mod avatars;
mod delivery;
mod uploads;

pub(crate) use self::avatars::{AvatarsApi, serve_avatar};
pub(crate) use self::delivery::{serve, serve_nothing};
pub(crate) use self::uploads::UploadsApi;
use super::add::admit;
use super::error::MediaError;
use super::kind::Kind;
use super::service::{Media, Owner};
use crate::features::accounts::Bearer;
use crate::features::rooms::Rooms;
use crate::http::{BASE, FORBIDDEN, Fails, NOT_FOUND, SIGNED_IN, Upload, WITH_BODY};

#[derive(Tags)]
enum Tag {
    /// Recordings, pictures and files, for messages to carry them.
    #[oai(rename = "media")]
    Media,
}

impl<const GROUPS: u32> From<MediaError> for Fails<GROUPS> {
    fn from(error: MediaError) -> Self {
        Self::with(error)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaApi;

#[OpenApi(tag = "Tag::Media")]
impl MediaApi {
    /// Upload a recording, a picture or a file.
    ///
    /// Attach it by its id to a message within a day. What it shall be is said by `kind`;
    /// without it, by how the file begins.
    ///
    /// - `audio`: up to 15 minutes, 8 channels and 10 MiB of WebM, Ogg, MP4, WAV, MP3 or FLAC. It is decoded, and
    ///   made into a WAV file beside it that plays everywhere.
    /// - `image`: up to 50 million pixels and 25 MiB of JPEG, PNG, WebP or GIF. It is decoded and made anew,
    ///   upright and without its metadata, in several sizes. What a decoder must hold as a whole, progressive or
    ///   interlaced pictures, WebP and GIF, may have six to twelve million pixels.
    /// - `file`: anything up to 50 MiB. It is delivered as a download and never shown.
    #[oai(path = "/media", method = "post", operation_id = "uploadMedia")]
    async fn upload(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
        form: Upload<true>,
    ) -> Result<Json<wire::Media>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        let owner = Owner::from(&bearer.0);
        media.may_upload(owner, form.announced()).await?;
        let file = form.receive(bearer.0.id, is_admitted).await.map_err(Problem::from)?;
        Ok(Json(media.add(owner, &file).await?))
    }

    /// See how much one has, and may have.
    ///
    /// What would be more is refused before it is received: `quota_exceeded`, or `storage_full` where all people
    /// together would have more than they may.
    #[oai(path = "/media/usage", method = "get", operation_id = "getMediaUsage")]
    async fn usage(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
    ) -> Result<Json<wire::MediaUsage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        Ok(Json(media.usage(bearer.0.id).await?))
    }

    /// Get fresh addresses.
    ///
    /// Of what a message carries, for whoever may read its room; of what no message carries yet, for whoever
    /// uploaded it.
    #[oai(path = "/media/:media_id", method = "get", operation_id = "getMedia")]
    async fn fresh(
        &self,
        media: Data<&Arc<Media>>,
        rooms: Data<&Arc<Rooms>>,
        bearer: Bearer,
        /// Its id.
        media_id: Path<Uuid>,
    ) -> Result<Json<wire::Media>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(media.fresh(&rooms, bearer.0.id, media_id.0).await?))
    }
}

/// Whether a file that is said to be of a kind may have so many bytes.
fn is_admitted(kind: Option<&str>, bytes: u64) -> Result<(), Problem> {
    let kind = match kind {
        Some(name) => Kind::parse(name).ok_or(MediaError::NoSuchKind)?,
        // The largest of all; what it is is looked at when it is here.
        None => Kind::File,
    };
    Ok(admit(kind, bytes)?)
}
