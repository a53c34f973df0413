//! Frames that are larger than a text needs: those with a recording or a picture in them.
//!
//! The memory of such a frame is taken for what has arrived, and only by who has the right to send a file,
//! of which there are few, on the socket and elsewhere. Who waits for it is not read meanwhile, and whoever
//! has it and is too slow loses it with the connection.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use adda_protocol::UserId;
use futures_util::FutureExt;
use tokio::time::{Sleep, sleep};

use super::close::End;
use crate::incoming::{UploadPermit, UploadTurn, Uploads};

/// The longest time that a large frame may take to arrive.
const DEADLINE: Duration = Duration::from_secs(120);

/// The large frames of one connection, one after the other.
pub(super) struct LargeFrames {
    uploads: Arc<Uploads>,
    user_id: UserId,
    network: IpAddr,
    state: State,
}

enum State {
    /// No such frame is arriving.
    None,
    Waiting(UploadTurn),
    Arriving(UploadPermit, Pin<Box<Sleep>>),
}

impl std::fmt::Debug for LargeFrames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LargeFrames").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl LargeFrames {
    /// Of somebody at an address.
    pub(super) fn new(uploads: Arc<Uploads>, user_id: UserId, network: IpAddr) -> Self {
        Self { uploads, user_id, network, state: State::None }
    }

    /// Whether one is arriving.
    pub(super) fn is_arriving(&self) -> bool {
        !matches!(self.state, State::None)
    }

    /// Whether more of a large frame may be read.
    pub(super) fn poll_may_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        loop {
            match &mut self.state {
                State::None => self.state = State::Waiting(self.permit()),
                State::Waiting(permit) => match permit.poll_unpin(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(End::RateLimited)),
                    Poll::Ready(Ok(permit)) => {
                        self.state = State::Arriving(permit, Box::pin(sleep(DEADLINE)));
                    }
                },
                State::Arriving(_, deadline) => {
                    let is_over = deadline.poll_unpin(cx).is_ready();
                    return Poll::Ready(if is_over { Err(End::Heartbeat) } else { Ok(()) });
                }
            }
        }
    }

    /// The right to keep what stood in a frame: that of the frame that has arrived, or the next.
    pub(super) fn take_permit(&mut self) -> UploadTurn {
        match std::mem::replace(&mut self.state, State::None) {
            State::Arriving(permit, _) => std::future::ready(Ok(permit)).boxed(),
            State::Waiting(permit) => permit,
            State::None => self.permit(),
        }
    }

    /// The frame has arrived and is no more: its right goes with it, if nobody took it.
    pub(super) fn end(&mut self) {
        self.state = State::None;
    }

    fn permit(&self) -> UploadTurn {
        self.uploads.clone().permit(self.user_id, self.network).boxed()
    }
}
