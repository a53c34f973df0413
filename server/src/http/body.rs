//! Request bodies: JSON of a bounded size that arrives in a bounded time, with every fault named.

use std::time::Duration;

use adda_protocol::{Code, Problem, input};
use bytes::Bytes;
use poem::{Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};

use super::problem::problem_error;

/// The longest text of 8,000 characters, each escaped as two surrogates, fits with room to spare.
const MOST_BYTES: usize = 128 * 1024;
const DEADLINE: Duration = Duration::from_secs(15);

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: Type> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Body<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(_: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = read(body, MOST_BYTES, DEADLINE).await?;
        let bytes = bytes.map_err(|broken| match broken {
            Broken::TooLarge => Problem::new(
                Code::TooLarge,
                "The request's body is larger than 128 KiB; send less.",
            ),
            Broken::TooSlow => Problem::new(
                Code::RequestTimeout,
                "The request's body did not arrive within 15 seconds; send it again.",
            ),
        });
        let bytes = bytes.map_err(problem_error)?;
        input::parse(&bytes).map(Self).map_err(problem_error)
    }
}

/// Which bound a body broke.
pub(super) enum Broken {
    TooLarge,
    TooSlow,
}

/// Reads a body of a bounded size that arrives in a bounded time.
pub(super) async fn read(
    body: &mut RequestBody,
    most_bytes: usize,
    deadline: Duration,
) -> Result<Result<Bytes, Broken>> {
    let bytes = body.take()?.into_bytes_limit(most_bytes);
    match tokio::time::timeout(deadline, bytes).await {
        Ok(Ok(bytes)) => Ok(Ok(bytes)),
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => Ok(Err(Broken::TooLarge)),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Ok(Err(Broken::TooSlow)),
    }
}

impl_apirequest_for_payload!(Body<T>, T: ParseFromJSON);
