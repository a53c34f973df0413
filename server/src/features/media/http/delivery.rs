//! Delivers files to whoever has their addresses, whole or in part.

use std::sync::Arc;

use futures_util::TryStreamExt;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Body, Request, Response, handler};
use serde::Deserialize;

use crate::features::media::MediaError;
use crate::features::media::file_name::content_disposition;
use crate::features::media::service::{Media, Opened, Part};
use crate::http::problem_response;

#[derive(Debug, Deserialize)]
struct Signed {
    until: i64,
    signature: String,
}

/// `GET /media/{folder}/{name}`: a file, at an address that was given out.
#[handler]
pub(crate) async fn serve(
    media: Data<&Arc<Media>>,
    Path((folder, name)): Path<(String, String)>,
    signed: Option<Query<Signed>>,
    request: &Request,
) -> Response {
    let name = format!("{folder}/{name}");
    // What has a name never changes.
    let tag = format!("\"{name}\"");
    let is_same = request.header(header::IF_RANGE).is_none_or(|other| other == tag);
    let range = request.header(header::RANGE).filter(|_| is_same).and_then(Part::parse);
    let opened = match signed {
        None => Err(MediaError::NotFound),
        Some(Query(Signed { until, signature })) => {
            media.open(&name, until, &signature, range).await
        }
    };
    match opened {
        Ok(opened) => answer(opened, tag),
        Err(MediaError::BeyondTheEnd(length)) => nothing_there(length),
        Err(error) => problem_response(error.into()),
    }
}

/// There is nothing in the part that was asked for.
fn nothing_there(length: u64) -> Response {
    Response::builder()
        .status(StatusCode::RANGE_NOT_SATISFIABLE)
        .header(header::CONTENT_RANGE, format!("bytes */{length}"))
        .finish()
}

fn answer(opened: Opened, tag: String) -> Response {
    let Opened { content, mime, length, good_for, is_part, download_name } = opened;
    let part = content.range.clone();
    let body = Body::from_bytes_stream(content.into_stream().map_err(std::io::Error::other));
    let mut response = Response::builder()
        .status(if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK })
        .body(body);
    let headers = response.headers_mut();
    let mut set = |name, value: String| {
        // What stands in it was made here, of numbers and of types that are known.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, mime);
    set(header::CONTENT_LENGTH, (part.end - part.start).to_string());
    set(header::ETAG, tag);
    set(header::ACCEPT_RANGES, "bytes".to_owned());
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned());
    set(header::CACHE_CONTROL, format!("private, max-age={good_for}, immutable"));
    if let Some(name) = download_name {
        set(header::CONTENT_DISPOSITION, content_disposition(&name));
    }
    if is_part {
        let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        set(header::CONTENT_RANGE, range);
    }
    response
}
