//! Uploads that go on where they stopped, by the protocol tus 1.0, for which there are ready clients.

use std::collections::HashMap;
use std::sync::Arc;

use adda_protocol::{Code, Problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use poem::http::{HeaderValue, Method};
use poem::web::Data;
use poem::{Endpoint, EndpointExt, Error, IntoResponse, Response};
use poem_openapi::param::{Header, Path};
use poem_openapi::{ApiResponse, Enum, OpenApi};
use uuid::Uuid;

use super::Tag;
use crate::features::accounts::Bearer;
use crate::features::media::kind::Kind;
use crate::features::media::partial::{Announced, Place, Standing};
use crate::features::media::service::{Media, Owner};
use crate::http::{
    BASE, CONFLICT, Continuation, FORBIDDEN, Fails, NOT_FOUND, NoContent, OTHER_VERSION, SIGNED_IN,
    WITH_BODY, problem_response,
};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,expiration,termination";

/// The version of the protocol.
#[derive(Debug, Enum)]
enum TusVersion {
    #[oai(rename = "1.0.0")]
    One,
}

#[derive(ApiResponse)]
enum Abilities {
    /// What is spoken here.
    #[oai(status = 204)]
    Are(
        /// The versions of the protocol.
        #[oai(header = "Tus-Version")]
        String,
        /// The parts of it that may be left out, and are here.
        #[oai(header = "Tus-Extension")]
        String,
        /// The longest file, in bytes.
        #[oai(header = "Tus-Max-Size")]
        u64,
    ),
}

#[derive(ApiResponse)]
enum Begun {
    /// It may come now.
    #[oai(status = 201)]
    At(
        /// Where it is to be sent: the path of this upload.
        #[oai(header = "Location")]
        String,
        /// When it goes if it is not finished.
        #[oai(header = "Upload-Expires")]
        String,
    ),
}

#[derive(ApiResponse)]
enum Found {
    /// So it stands.
    #[oai(status = 200)]
    At(
        /// How many bytes are here for good: go on after them.
        #[oai(header = "Upload-Offset")]
        u64,
        /// How long the whole is.
        #[oai(header = "Upload-Length")]
        u64,
        /// When it goes if it is not finished.
        #[oai(header = "Upload-Expires")]
        Option<String>,
        /// When all of it is here: the id of what was made of it, for messages to carry it, and for `GET
        /// /media/{media_id}`.
        #[oai(header = "Upload-Media-Id")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Received {
    /// So much is here for good.
    #[oai(status = 204)]
    UpTo(
        /// How many bytes: go on after them.
        #[oai(header = "Upload-Offset")]
        u64,
        /// When it goes if it is not finished.
        #[oai(header = "Upload-Expires")]
        Option<String>,
        /// When all of it is here: the id of what was made of it, for messages to carry it, and for `GET
        /// /media/{media_id}`.
        #[oai(header = "Upload-Media-Id")]
        Option<String>,
    ),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct UploadsApi;

#[OpenApi(tag = "Tag::Media")]
impl UploadsApi {
    /// Ask what of the upload protocol is spoken.
    ///
    /// It is tus 1.0 (<https://tus.io/protocols/resumable-upload>) with `creation`, `expiration` and
    /// `termination`.
    #[oai(
        path = "/media/uploads",
        method = "options",
        operation_id = "describeUploads",
        transform = "speaking_tus"
    )]
    async fn describe(&self) -> Result<Abilities, Fails<{ BASE | FORBIDDEN }>> {
        Ok(Abilities::Are(VERSION.to_owned(), EXTENSIONS.to_owned(), Kind::File.most_bytes()))
    }

    /// Begin an upload that can go on where it stopped.
    ///
    /// For what is large, or comes over a bad line: it comes by `PATCH` to the address that is answered, in as
    /// many requests as it takes, the first of it within an hour and all of it within a day. Whether it may come is
    /// said now: its kind, its length and what the person may have are looked at before. When all of it is here it becomes what `POST /media` would have
    /// made of it, or is refused with the same problems.
    #[oai(
        path = "/media/uploads",
        method = "post",
        operation_id = "beginUpload",
        transform = "speaking_tus"
    )]
    async fn begin(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
        /// The version of the protocol, `1.0.0`.
        #[oai(name = "Tus-Resumable")]
        _version: Header<Option<TusVersion>>,
        /// How long the file is, in bytes.
        #[oai(name = "Upload-Length")]
        length: Header<u64>,
        /// `kind` (`audio`, `image` or `file`, as in `POST /media`) and `filename`, each followed by a space and
        /// its value in base64, with commas between them. Both may be left out.
        #[oai(name = "Upload-Metadata")]
        metadata: Header<Option<String>>,
    ) -> Result<Begun, Fails<{ BASE | SIGNED_IN | FORBIDDEN | WITH_BODY | OTHER_VERSION }>> {
        let mut metadata = parse(metadata.0.as_deref().unwrap_or_default())?;
        let announced = Announced {
            bytes: length.0,
            kind: metadata.remove("kind"),
            name: metadata.remove("filename"),
        };
        let (id, standing) = media.begin_partial(Owner::from(&bearer.0), announced).await?;
        Ok(Begun::At(format!("/api/v1/media/uploads/{id}"), date(standing.until_ms)))
    }

    /// Ask where an upload stands.
    ///
    /// Whoever sends to it at the moment is stopped, so that what is answered stays so.
    #[oai(
        path = "/media/uploads/:upload_id",
        method = "head",
        operation_id = "getUpload",
        transform = "speaking_tus"
    )]
    async fn find(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
        /// The version of the protocol, `1.0.0`.
        #[oai(name = "Tus-Resumable")]
        _version: Header<Option<TusVersion>>,
        /// Its id.
        upload_id: Path<Uuid>,
    ) -> Result<Found, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND | OTHER_VERSION }>> {
        let standing = media.standing(Owner::from(&bearer.0), upload_id.0).await?;
        let (until, media_id) = (until(&standing), made(&standing));
        Ok(Found::At(standing.received, standing.bytes, until, media_id))
    }

    /// Go on with an upload.
    ///
    /// The body is what comes after `Upload-Offset`, as much of it as may come at once. What arrived of a request
    /// that breaks off is kept. The last one is answered when something was made of the whole; repeated, it is
    /// answered the same.
    #[oai(
        path = "/media/uploads/:upload_id",
        method = "patch",
        operation_id = "continueUpload",
        transform = "speaking_tus"
    )]
    async fn go_on(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
        /// The version of the protocol, `1.0.0`.
        #[oai(name = "Tus-Resumable")]
        _version: Header<Option<TusVersion>>,
        /// Its id.
        upload_id: Path<Uuid>,
        /// Where the body belongs: how much is here already.
        #[oai(name = "Upload-Offset")]
        offset: Header<u64>,
        body: Continuation,
    ) -> Result<
        Received,
        Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND | CONFLICT | WITH_BODY | OTHER_VERSION }>,
    > {
        let place = Place {
            upload: upload_id.0,
            offset: offset.0,
            announced: body.announced(),
            network: body.network(),
        };
        let standing = media.go_on(Owner::from(&bearer.0), place, body.arriving()).await?;
        Ok(Received::UpTo(standing.received, until(&standing), made(&standing)))
    }

    /// Give an upload up.
    ///
    /// What it has received goes, and what was made of it, unless a message carries that.
    #[oai(
        path = "/media/uploads/:upload_id",
        method = "delete",
        operation_id = "cancelUpload",
        transform = "speaking_tus"
    )]
    async fn cancel(
        &self,
        media: Data<&Arc<Media>>,
        bearer: Bearer,
        /// The version of the protocol, `1.0.0`.
        #[oai(name = "Tus-Resumable")]
        _version: Header<Option<TusVersion>>,
        /// Its id.
        upload_id: Path<Uuid>,
    ) -> Result<NoContent, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND | OTHER_VERSION }>>
    {
        media.cancel(Owner::from(&bearer.0), upload_id.0).await?;
        Ok(NoContent)
    }
}

/// Looks whether the protocol is spoken here, and names it in every answer. Whoever names no version is taken
/// at what they ask for.
fn speaking_tus(endpoint: impl Endpoint + 'static) -> impl Endpoint<Output = Response> + 'static {
    endpoint.around(|endpoint, request| async move {
        let version = HeaderValue::from_static(VERSION);
        let asked = request.headers().get("tus-resumable");
        let is_spoken = asked.is_none_or(|asked| *asked == version);
        let mut response = if is_spoken || request.method() == Method::OPTIONS {
            endpoint
                .call(request)
                .await
                .map_or_else(Error::into_response, IntoResponse::into_response)
        } else {
            let sentence = "This server speaks tus 1.0.0; name that in `Tus-Resumable`.";
            let mut refusal = problem_response(Problem::new(Code::ProtocolVersion, sentence));
            refusal.headers_mut().insert("tus-version", version.clone());
            refusal
        };
        response.headers_mut().insert("tus-resumable", version);
        Ok(response)
    })
}

/// `kind aW1hZ2U=,filename dGVhLmpwZw==`
fn parse(metadata: &str) -> Result<HashMap<&str, String>, Problem> {
    let pairs = metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = |pair| {
        parse_pair(pair).ok_or_else(|| {
        Problem::invalid_field(
            "Upload-Metadata",
            "must be names, each followed by a space and a text in base64, with commas between them",
        )
    })
    };
    pairs.map(read).collect()
}

fn parse_pair(pair: &str) -> Option<(&str, String)> {
    let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
    Some((name, String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?))
}

fn until(standing: &Standing) -> Option<String> {
    standing.media_id.is_none().then(|| date(standing.until_ms))
}

fn made(standing: &Standing) -> Option<String> {
    standing.media_id.map(|id| id.to_string())
}

/// A moment as HTTP writes it.
fn date(ms: i64) -> String {
    let moment = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
