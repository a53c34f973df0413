//! Request bodies: JSON of a bounded size that arrives in a bounded time, with every fault named.

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::{Code, Problem, input};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use poem::{Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use tokio::time::timeout;

use super::asker::Asker;
use super::connections::ConnectionSlot;
use super::in_flight::{Crowded, Held, InFlight};
use super::problem::problem_error;
use crate::budget::{Payer, Permit};
use crate::peer::Peer;

/// The longest text of 8,000 characters, each escaped as two surrogates, fits with room to spare.
const MOST_BYTES: usize = 128 * 1024;
const DEADLINE: Duration = Duration::from_secs(15);

/// A JSON body. What it holds counts as in memory until the operation is done with it, and the operation
/// is under way for its person from here on: a body that arrives slowly keeps no other request waiting.
#[derive(Debug)]
pub(crate) struct Body<T>(
    pub T,
    #[allow(dead_code, reason = "it counts as long as it is held")] (Held, Option<Permit>),
);

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

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let body: BoxBody<Bytes, std::io::Error> = body.take()?.into();
        let read = async {
            let mut held = begin(request)?;
            let _awaits = request.data::<Arc<ConnectionSlot>>().map(ConnectionSlot::awaits_body);
            let bytes = timeout(DEADLINE, read(body, &mut held)).await;
            let bytes = bytes.unwrap_or(Err(Broken::TooSlow))?;
            Ok((bytes, held))
        };
        let (bytes, held) = read.await.map_err(|broken: Broken| problem_error(broken.into()))?;
        let permit = match request.data::<Payer>() {
            Some(payer) => payer.permit().await,
            None => None,
        };
        Asker::of(request).look_again().await.map_err(problem_error)?;
        let value = input::parse(&bytes).map_err(problem_error)?;
        Ok(Self(value, (held, permit)))
    }
}

fn begin(request: &Request) -> Result<Held, Broken> {
    let in_flight: &Arc<InFlight> = request.data().ok_or(Broken::NotWired)?;
    Ok(in_flight.begin(Peer::of(request).network(), Asker::of(request).user_id())?)
}

async fn read(mut body: BoxBody<Bytes, std::io::Error>, held: &mut Held) -> Result<Bytes, Broken> {
    let announced = hyper::body::Body::size_hint(&body).lower();
    if announced > MOST_BYTES as u64 {
        return Err(Broken::TooLarge);
    }
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(more) = frame.map_err(|_| Broken::Off)?.into_data() else { continue };
        if bytes.len() + more.len() > MOST_BYTES {
            return Err(Broken::TooLarge);
        }
        held.grow(more.len())?;
        bytes.extend_from_slice(&more);
    }
    Ok(bytes.freeze())
}

/// Why a body was not read.
enum Broken {
    TooLarge,
    TooSlow,
    Crowded,
    Off,
    NotWired,
}

impl From<Crowded> for Broken {
    fn from(Crowded: Crowded) -> Self {
        Self::Crowded
    }
}

impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::TooLarge => {
                Self::new(Code::TooLarge, "The request's body is larger than 128 KiB; send less.")
            }
            Broken::TooSlow => Self::new(
                Code::RequestTimeout,
                "The request's body did not arrive within 15 seconds; send it again.",
            ),
            Broken::Crowded => Self::rate_limited(1_000),
            Broken::Off => Self::invalid_field("", "broke off before its end"),
            Broken::NotWired => {
                tracing::error!("the bodies in flight are not wired");
                Self::internal()
            }
        }
    }
}

impl_apirequest_for_payload!(Body<T>, T: ParseFromJSON);
