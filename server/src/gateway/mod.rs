//! The socket: one task a connection, which reads commands, and writes what its rooms have new.
//!
//! A socket is a reader with a cursor per room, `behind` or `live`. Behind, it is handed what the hub
//! still remembers, else reads pages from the database as it drains and buffers nothing; live, the
//! hub hands it the events after its cursor.
//! Resuming, slow readers, lost broadcasts and restarts are this one mechanism.

mod close;
mod connection;
mod dispatch;
mod enter;
mod follow;
mod handshake;
mod in_flight;
mod large_frames;
mod read_permits;
mod session;
mod slots;
mod subscriptions;
#[cfg(test)]
mod tests;
mod timing;

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::event::Limits;
use adda_protocol::{Problem, UserId};
use adda_realtime::{Broker, CloseReason, Hub};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::budget::Budgets;
use crate::clock::Clock;
use crate::features::Services;
use crate::features::messages::{Answer, MAX_RESUME_CHANGES};
use crate::features::presence::TYPING_TTL_MS;
use crate::peer::Peer;
use crate::tasks::log_panics;

pub(crate) use handshake::{every_room, one_room};
use read_permits::ReadPermits;
pub(crate) use slots::SocketSlots;
pub(crate) use timing::Timing;

/// The largest frame that is done without a recording or a picture in it.
const MAX_FRAME_BYTES: usize = 128 * 1024;
/// The largest frame that is read.
const MAX_MEDIA_FRAME_BYTES: usize = 3 * 1024 * 1024;
/// The largest frame that is read before the connection is authenticated.
const MAX_AUTH_FRAME_BYTES: usize = 64 * 1024;

/// What every socket needs.
pub(crate) struct Gateway {
    pub services: Services,
    /// This node's subscriptions.
    pub hub: Arc<Hub>,
    /// What this node hears by.
    pub broker: Arc<dyn Broker>,
    pub epoch: String,
    pub clock: Clock,
    /// How many sockets somebody may have.
    pub slots: Arc<SocketSlots>,
    /// Who may read from the database now.
    read_permits: ReadPermits,
    pub budgets: Arc<Budgets>,
    /// How long a socket may take for what.
    pub timing: Timing,
    /// The tasks of all sockets, those that have not signed in yet too.
    sockets: TaskTracker,
    /// What is done for sockets apart from them.
    apart: TaskTracker,
    draining: CancellationToken,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("sockets", &self.sockets.len()).finish_non_exhaustive()
    }
}

impl Gateway {
    /// A gateway on its parts; `readers` is how many sockets may read from the database at once,
    /// `sockets` how many there may be.
    #[must_use]
    pub(crate) fn new(
        services: Services,
        hub: Arc<Hub>,
        broker: Arc<dyn Broker>,
        epoch: String,
        clock: Clock,
        readers: usize,
        sockets: usize,
        budgets: Arc<Budgets>,
        timing: Timing,
    ) -> Self {
        Self {
            services,
            hub,
            broker,
            epoch,
            clock,
            slots: Arc::new(SocketSlots::new(budgets.is_enabled(), sockets)),
            read_permits: ReadPermits::new(readers),
            budgets,
            timing,
            sockets: TaskTracker::new(),
            apart: TaskTracker::new(),
            draining: CancellationToken::new(),
        }
    }

    /// Runs a socket. A panic ends it alone, and whatever it took is given back.
    fn begin(&self, peer: Peer, socket: impl Future<Output = ()> + Send + 'static) {
        self.sockets.spawn(log_panics("a socket", peer, socket));
    }

    /// Does something that takes more than the writer's turn on a task of its own. What a socket waits for is
    /// looked at only while the socket has nothing else to do: it must hold nothing that others wait for.
    fn apart(&self, user_id: UserId, answer: Answer) -> Answer {
        let (tell, told) = oneshot::channel();
        self.apart.spawn(log_panics("a message", user_id, async move {
            // Whoever asked may be gone; it is done all the same.
            let _ = tell.send(answer.await);
        }));
        Box::pin(async move { told.await.unwrap_or_else(|_| Err(Problem::internal())) })
    }

    /// How many sockets are open.
    #[must_use]
    pub(crate) fn open_sockets(&self) -> usize {
        self.sockets.len()
    }

    /// Tells all sockets to end, those that are just being opened too: the server is about to stop.
    pub(crate) fn drain(&self) {
        self.draining.cancel();
        self.hub.close_all(CloseReason::Draining);
    }

    /// Waits until all sockets have ended and their peers know. No more may be opened by now.
    pub(crate) async fn drained(&self) {
        self.sockets.close();
        self.sockets.wait().await;
        self.apart.close();
        self.apart.wait().await;
    }

    fn limits(&self) -> Limits {
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Limits {
            ping_ms: ms(self.timing.ping_every),
            silence_ms: ms(self.timing.silence),
            typing_ttl_ms: TYPING_TTL_MS,
            max_frame_bytes: MAX_FRAME_BYTES as u64,
            max_media_frame_bytes: MAX_MEDIA_FRAME_BYTES as u64,
            max_text_chars: 8_000,
            max_in_flight: in_flight::MAX_IN_FLIGHT as u64,
            max_resume_changes: MAX_RESUME_CHANGES.unsigned_abs(),
        }
    }
}
