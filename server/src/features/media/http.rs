//! The REST operations of media.

use std::sync::Arc;

use adda_protocol::Problem;
use adda_protocol::media as wire;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};

mod delivery;

pub(crate) use self::delivery::serve;
use super::error::MediaError;
use super::service::{MOST_AUDIO_BYTES, Media};
use crate::budget::Payer;
use crate::features::accounts::Bearer;
use crate::http::{BASE, Fails, SIGNED_IN, Upload, WITH_BODY};

#[derive(Tags)]
enum Tag {
    /// Recordings, for messages to carry them.
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
    /// Upload a recording.
    ///
    /// Up to 15 minutes and 10 MiB of WebM, Ogg, MP4, WAV, MP3 or FLAC. It is decoded, and made into a WAV
    /// file beside it that plays everywhere. Attach it by its id to a message within a day.
    #[oai(path = "/media", method = "post", operation_id = "uploadMedia")]
    async fn upload(
        &self,
        media: Data<&Arc<Media>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        file: Upload,
    ) -> Result<Json<wire::Media>, Fails<{ BASE | WITH_BODY | SIGNED_IN }>> {
        media.may_upload(&bearer.0).await?;
        let file = file.receive(bearer.0.id, MOST_AUDIO_BYTES).await.map_err(Problem::from)?;
        // What was refused was decoded, too.
        let pay = |took| {
            payer.charge(took);
        };
        Ok(Json(media.add_recording(&bearer.0, file.path(), pay).await?))
    }
}
