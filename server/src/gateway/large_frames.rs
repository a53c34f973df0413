//! Frames that are larger than a text needs: those with a recording or a picture in them.
//!
//! The memory of such a frame is taken for what has arrived, and only by who has the right to send one, of
//! whom there are few. Who waits for it is not read meanwhile, and whoever
//! has it and is too slow loses it with the connection.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use adda_protocol::UserId;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep};

use super::MAX_FRAME_BYTES;
use super::close::End;
use crate::incoming::{UploadPermit, UploadTurn, Uploads};

/// The longest time that a large frame may take to arrive.
const DEADLINE: Duration = Duration::from_secs(120);
/// Who found too many waiting asks again after so long.
const AGAIN: Duration = Duration::from_secs(1);
/// The fewest bytes that arrive in each [`super::Timing::pace`].
const LEAST_IN_PACE: usize = 32 * 1024;

/// The large frames of one connection, one after the other.
pub(super) struct LargeFrames {
    uploads: Arc<Uploads>,
    user_id: UserId,
    network: IpAddr,
    pace: Duration,
    state: State,
}

enum State {
    /// No such frame is arriving.
    None,
    Waiting(BoxFuture<'static, UploadPermit>),
    Arriving(Box<Arriving>),
}

struct Arriving {
    permit: UploadPermit,
    begun: Instant,
    /// Until it is looked at next, and how much there was when it was looked at last.
    pace: Pin<Box<Sleep>>,
    before: usize,
}

impl std::fmt::Debug for LargeFrames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LargeFrames").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl LargeFrames {
    /// Of somebody at an address. It is looked at each `pace` whether enough has arrived.
    pub(super) fn new(
        uploads: Arc<Uploads>,
        user_id: UserId,
        network: IpAddr,
        pace: Duration,
    ) -> Self {
        Self { uploads, user_id, network, pace, state: State::None }
    }

    /// Whether one is arriving.
    pub(super) fn is_arriving(&self) -> bool {
        !matches!(self.state, State::None)
    }

    /// The right to read more of a large frame.
    pub(super) fn poll_permit(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::None => self.state = State::Waiting(self.any_permit()),
                State::Waiting(permit) => {
                    let permit = ready!(permit.poll_unpin(cx));
                    let (begun, pace) = (Instant::now(), Box::pin(sleep(self.pace)));
                    let arriving = Arriving { permit, begun, pace, before: 0 };
                    self.state = State::Arriving(Box::new(arriving));
                }
                State::Arriving(_) => return Poll::Ready(()),
            }
        }
    }

    /// Ready when one is too slow, of which so much has arrived and no more is there.
    pub(super) fn poll_too_slow(&mut self, cx: &mut Context<'_>, arrived: usize) -> Poll<End> {
        let State::Arriving(arriving) = &mut self.state else { return Poll::Pending };
        let Arriving { begun, pace, before, .. } = &mut **arriving;
        loop {
            ready!(pace.poll_unpin(cx));
            if arrived.saturating_sub(*before) < LEAST_IN_PACE || begun.elapsed() >= DEADLINE {
                return Poll::Ready(End::Heartbeat);
            }
            *before = arrived;
            pace.as_mut().reset(Instant::now() + self.pace);
        }
    }

    /// The right to keep what stood in a frame: that of the frame that has arrived, or the next.
    pub(super) fn take_permit(&mut self) -> UploadTurn {
        match std::mem::replace(&mut self.state, State::None) {
            State::Arriving(arriving) => std::future::ready(Ok(arriving.permit)).boxed(),
            // It came in a frame like any other.
            State::Waiting(_) | State::None => {
                let (uploads, bytes) = (self.uploads.clone(), MAX_FRAME_BYTES as u64);
                uploads.permit(self.user_id, self.network, bytes).boxed()
            }
        }
    }

    /// The frame has arrived and is no more: its right goes with it, if nobody took it.
    pub(super) fn end(&mut self) {
        self.state = State::None;
    }

    /// For whoever is not read meanwhile, and may wait as long as they like.
    fn any_permit(&self) -> BoxFuture<'static, UploadPermit> {
        let (uploads, user_id, network) = (self.uploads.clone(), self.user_id, self.network);
        Box::pin(async move {
            loop {
                if let Ok(permit) = uploads.clone().permit_of_frame(user_id, network).await {
                    return permit;
                }
                sleep(AGAIN).await;
            }
        })
    }
}
