//! A file that goes on where it stopped: the body is nothing but its next bytes.
//!
//! Like a form with a file (`upload.rs`), nothing of it is read before its operation asks for it, and who
//! sends too slowly is given up. What arrived until then is handed on all the same.

use std::net::IpAddr;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use poem::{Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use tokio::time::{Instant, timeout_at};

use super::upload::{LEAST_IN_PACE, PACE, deadline};
use crate::budget::{Payer, costs};
use crate::incoming::IncomingError;
use crate::peer::Peer;

/// The type of such a body, as tus 1.0 has it.
pub(crate) const CONTINUATION: &str = "application/offset+octet-stream";

/// Bytes of a file, of which nothing was read yet.
#[derive(Debug)]
pub(crate) struct Continuation {
    network: IpAddr,
    payer: Payer,
    announced: u64,
    body: BoxBody<Bytes, std::io::Error>,
}

impl Continuation {
    /// Where it comes from, for the turns of those who send.
    pub(crate) fn network(&self) -> IpAddr {
        self.network
    }

    /// How many bytes come at least; 0 where nothing is said.
    pub(crate) fn announced(&self) -> u64 {
        self.announced
    }

    /// The bytes as they arrive. An error is the last of it.
    pub(crate) fn arriving(self) -> BoxStream<'static, Result<Bytes, IncomingError>> {
        let now = Instant::now();
        let Self { payer, announced, body, .. } = self;
        let arriving =
            Arriving { payer, body, until: now + deadline(announced), look: now + PACE, lately: 0 };
        let next = |mut arriving: Arriving| async {
            Ok(arriving.next().await?.map(|bytes| (bytes, arriving)))
        };
        stream::try_unfold(arriving, next).boxed()
    }
}

struct Arriving {
    payer: Payer,
    body: BoxBody<Bytes, std::io::Error>,
    /// When it must be there.
    until: Instant,
    /// When it is looked at next whether enough arrived, and how much did since the last time.
    look: Instant,
    lately: u64,
}

impl Arriving {
    async fn next(&mut self) -> Result<Option<Bytes>, IncomingError> {
        loop {
            match timeout_at(self.look, self.body.frame()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(IncomingError::BrokenOff),
                Ok(Some(Ok(frame))) => {
                    let Ok(bytes) = frame.into_data() else { continue };
                    // How fast it comes is held back by the turns of those who send.
                    self.payer.charge(costs::file_bytes_in(bytes.len()));
                    self.lately += bytes.len() as u64;
                    return Ok(Some(bytes));
                }
                Err(_) if self.lately < LEAST_IN_PACE || Instant::now() >= self.until => {
                    return Err(IncomingError::TooSlow);
                }
                // From now on: it may have waited for the disk, and not for its sender.
                Err(_) => (self.look, self.lately) = (Instant::now() + PACE, 0),
            }
        }
    }
}

impl Payload for Continuation {
    const CONTENT_TYPE: &'static str = CONTINUATION;

    fn check_content_type(content_type: &str) -> bool {
        content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(CONTINUATION)
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")))
    }

    fn register(_: &mut Registry) {}
}

impl ParsePayload for Continuation {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let body: BoxBody<Bytes, std::io::Error> = body.take()?.into();
        let announced = hyper::body::Body::size_hint(&body).lower();
        let payer = request.data::<Payer>().cloned().unwrap_or(Payer::nobody());
        Ok(Self { network: Peer::of(request).network(), payer, announced, body })
    }
}

impl_apirequest_for_payload!(Continuation);
