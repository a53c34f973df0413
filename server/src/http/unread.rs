//! What becomes of a body that was answered before it was read to its end: refused for its sender, its
//! size, its kind or its slowness.
//!
//! A connection that is closed while bytes wait unread is reset, and the reset takes the answer with
//! it. So a short rest is read away and the connection goes on. Before a long one, or one of unknown
//! length, the answer says `Connection: close`; then the connection lingers: nothing more is sent, and
//! what still comes is read away, for so long and so much at most. No byte of a body is ever read as
//! a request.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, EXPECT, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::heads::UnderWay;
use super::stream::Stream;
use crate::tasks::log_panics;

/// The longest rest that is read away for the connection to go on: that of any JSON body.
const SHORT_REST: u64 = 128 * 1024;
/// The longest time in which it is read away.
const REST_WITHIN: Duration = Duration::from_secs(5);
/// The longest time that a connection which ends is read on, so that its peer sees the answer.
const LINGER: Duration = Duration::from_secs(30);
/// The longest time that it is read on while nothing comes.
const LINGER_IDLE: Duration = Duration::from_secs(3);
/// The most that is read then: several times what may be uploaded.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// What a connection knows of the bodies that were left.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    peer: IpAddr,
    is_left: Arc<AtomicBool>,
}

impl Unread {
    /// For a new connection of this address.
    pub(super) fn on_connection_of(peer: IpAddr) -> Self {
        Self { peer, is_left: Arc::default() }
    }

    /// Whether the connection must linger.
    pub(super) fn is_left(&self) -> bool {
        self.is_left.load(Ordering::Relaxed)
    }

    /// Whether the client waits to be asked for the body of its request.
    pub(super) fn waits_to_be_asked(request: &HeaderMap) -> bool {
        request.contains_key(EXPECT)
    }

    /// Sees to the rest of a request's body, beside its answer.
    pub(super) fn see_to<B>(
        &self,
        rest: Incoming,
        waits: bool,
        answer: &mut Response<B>,
        under_way: Arc<UnderWay>,
    ) {
        if rest.is_end_stream() {
            return;
        }
        let is_short = rest.size_hint().upper().is_some_and(|bytes| bytes <= SHORT_REST);
        let is_slow = answer.status() == StatusCode::REQUEST_TIMEOUT;
        if is_short && !is_slow && !waits {
            let reading = self.clone().read_away(rest, under_way);
            tokio::spawn(log_panics("the rest of a body", self.peer, reading));
        } else {
            self.is_left.store(true, Ordering::Relaxed);
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }

    /// The request is under way as long: what comes of it is no next one.
    async fn read_away(self, mut rest: Incoming, _under_way: Arc<UnderWay>) {
        let end = async { while let Some(Ok(_)) = rest.frame().await {} };
        if timeout(REST_WITHIN, end).await.is_err() {
            // Dropping the body ends the connection.
            self.is_left.store(true, Ordering::Relaxed);
        }
    }
}

/// Ends a connection whose client may still be sending, so that it can read what it was answered.
pub(super) async fn linger(mut stream: Stream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let until = Instant::now() + LINGER;
    let mut buffer = vec![0; 16 * 1024];
    let mut read = 0;
    while read < LINGER_BYTES {
        let idle = until.min(Instant::now() + LINGER_IDLE);
        match timeout_at(idle, stream.read(&mut buffer)).await {
            Ok(Ok(bytes)) if bytes > 0 => read += bytes,
            _ => return,
        }
    }
}
