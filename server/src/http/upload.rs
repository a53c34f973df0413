//! Bodies with one file: a form of bounded size that arrives in a bounded time.

use std::time::Duration;

use adda_protocol::{Code, Problem};
use bytes::Bytes;
use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use super::body::{Broken, read};
use super::problem::problem_error;

/// A picture as a telephone takes it fits.
const MOST_BYTES: usize = 12 * 1024 * 1024;
/// Slow lines take their time for it.
const DEADLINE: Duration = Duration::from_secs(120);

/// The field `file` of a form.
#[derive(Debug)]
pub struct UploadedFile(pub Bytes);

impl Payload for UploadedFile {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let file = MetaSchema {
            description: Some("The file, of 12 MiB at most."),
            ..MetaSchema::new_with_format("string", "binary")
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec!["file"],
            properties: vec![("file", MetaSchemaRef::Inline(Box::new(file)))],
            ..MetaSchema::new("object")
        }))
    }

    fn register(_: &mut Registry) {}
}

impl ParsePayload for UploadedFile {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = read(body, MOST_BYTES, DEADLINE).await?;
        let bytes = bytes.map_err(|broken| match broken {
            Broken::TooLarge => {
                Problem::new(Code::TooLarge, "The file is larger than 12 MiB; send a smaller one.")
            }
            Broken::TooSlow => Problem::new(
                Code::RequestTimeout,
                "The file did not arrive within two minutes; send it again.",
            ),
        });
        let bytes = bytes.map_err(problem_error)?;
        file_of(request, bytes).await.map(Self).ok_or_else(|| {
            problem_error(Problem::invalid_field(
                "file",
                "must be one file in a form of the type multipart/form-data",
            ))
        })
    }
}

/// The first field of this name.
async fn file_of(request: &Request, bytes: Bytes) -> Option<Bytes> {
    let mut body = RequestBody::new(Body::from_bytes(bytes));
    let mut form = Multipart::from_request(request, &mut body).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("file") {
            return field.bytes().await.ok().map(Bytes::from);
        }
    }
    None
}

impl_apirequest_for_payload!(UploadedFile);
