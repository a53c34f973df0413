//! Delivers files to whoever has their addresses, whole or in part.

use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::GetRange;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Body, Request, Response, handler};
use serde::Deserialize;

use crate::features::media::MediaError;
use crate::features::media::file_name::content_disposition;
use crate::features::media::service::{Media, Opened};
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
    let range = request.header(header::RANGE).filter(|_| is_same).and_then(parse_range);
    let opened = match signed {
        None => Err(MediaError::NotFound),
        Some(Query(Signed { until, signature })) => {
            media.open(&name, until, &signature, range).await
        }
    };
    match opened {
        Ok(opened) => {
            let is_known =
                request.header(header::IF_NONE_MATCH).is_some_and(|tags| has(tags, &tag));
            let mut response = if is_known { unchanged(&opened) } else { answer(opened) };
            set(&mut response, header::ETAG, tag);
            set(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
            response
        }
        Err(MediaError::BeyondTheEnd(length)) => {
            let mut response = problem_response(MediaError::BeyondTheEnd(length).into());
            set(&mut response, header::CONTENT_RANGE, format!("bytes */{length}"));
            response
        }
        Err(error) => problem_response(error.into()),
    }
}

/// `GET /media/…`: an address that is nobody's.
#[handler]
pub(crate) fn serve_nothing() -> Response {
    problem_response(MediaError::NotFound.into())
}

/// Whether a list of tags has this one (RFC 9110, section 13.1.2).
fn has(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}

/// Whoever asks has it already.
fn unchanged(opened: &Opened) -> Response {
    let mut response = Response::builder().status(StatusCode::NOT_MODIFIED).finish();
    set(&mut response, header::CACHE_CONTROL, kept_for(opened.good_for));
    response
}

fn kept_for(seconds: i64) -> String {
    format!("private, max-age={seconds}, immutable")
}

/// One part of a file, as it is asked for (RFC 9110, section 14); nothing for what is no range, and for several
/// at once, which may be answered by the whole.
fn parse_range(header: &str) -> Option<GetRange> {
    let (unit, range) = header.trim().split_once('=')?;
    let (first, last) = range.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    // A number of Rust may have a sign.
    let byte = |digits: &str| {
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number)
    };
    match (first.trim(), last.trim()) {
        ("", last) => Some(GetRange::Suffix(byte(last)?)),
        (first, "") => Some(GetRange::Offset(byte(first)?)),
        (first, last) => {
            let (first, last) = (byte(first)?, byte(last)?);
            (first <= last).then_some(GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

/// A file, in an answer.
pub(super) fn answer(opened: Opened) -> Response {
    let Opened { content, mime, length, good_for, is_part, download_name } = opened;
    let part = content.range.clone();
    let body = Body::from_bytes_stream(content.into_stream().map_err(std::io::Error::other));
    let mut response = Response::builder()
        .status(if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK })
        .body(body);
    let mut set = |name, value| set(&mut response, name, value);
    set(header::CONTENT_TYPE, mime);
    set(header::CONTENT_LENGTH, (part.end - part.start).to_string());
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned());
    set(header::CACHE_CONTROL, kept_for(good_for));
    if let Some(name) = download_name {
        set(header::CONTENT_DISPOSITION, content_disposition(&name));
    }
    if is_part {
        let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        set(header::CONTENT_RANGE, range);
    }
    response
}

/// What stands in it was made here, of numbers and of types that are known.
fn set(response: &mut Response, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_understood_and_several_are_the_whole() {
        for (header, part) in [
            ("bytes=0-", Some(GetRange::Offset(0))),
            ("bytes=5-9", Some(GetRange::Bounded(5..10))),
            ("bytes=-100", Some(GetRange::Suffix(100))),
            (" bytes=0-0 ", Some(GetRange::Bounded(0..1))),
            ("bytes=0-1,5-9", None),
            ("bytes=9-5", None),
            ("bytes=-", None),
            ("Bytes=0-", Some(GetRange::Offset(0))),
            ("bytes=+1-+3", None),
            ("bytes=a-b", None),
            ("bytes=99999999999999999999999-", None),
            ("lines=0-1", None),
            ("", None),
        ] {
            assert_eq!(parse_range(header), part, "{header}");
        }
    }
}
