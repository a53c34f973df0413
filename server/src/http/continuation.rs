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
        let until = now + deadline(announced);
        let arriving = Arriving { payer, body, until, look: now + PACE, lately: 0, handed_on: now };
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
    /// When the last of it was handed on.
    handed_on: Instant,
}

impl Arriving {
    async fn next(&mut self) -> Result<Option<Bytes>, IncomingError> {
        // While what came is stored, nobody reads: that is not its sender's time.
        let storing = self.handed_on.elapsed();
        (self.look, self.until) = (self.look + storing, self.until + storing);
        let next = self.receive().await;
        self.handed_on = Instant::now();
        next
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, IncomingError> {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::StreamBody;
    use hyper::body::Frame;
    use tokio::task::yield_now;

    use super::*;

    /// What comes a moment after it is asked for, when a look was due so long ago, and the part before was
    /// handed on so long ago.
    async fn next(due: u64, handed_on: u64) -> Result<Option<Bytes>, IncomingError> {
        let body = StreamBody::new(stream::once(async {
            yield_now().await;
            Ok(Frame::data(Bytes::from_static(b"tea")))
        }));
        let ago = |seconds| Instant::now() - Duration::from_secs(seconds);
        let mut arriving = Arriving {
            payer: Payer::nobody(),
            body: BodyExt::boxed(body),
            until: ago(due),
            look: ago(due),
            lately: 0,
            handed_on: ago(handed_on),
        };
        arriving.next().await
    }

    #[tokio::test]
    async fn who_waits_while_a_part_is_stored_is_not_called_slow() {
        assert_eq!(next(5, 60).await.unwrap().unwrap(), "tea");
        assert!(matches!(next(5, 0).await, Err(IncomingError::TooSlow)));
    }
}
