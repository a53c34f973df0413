//! One socket's queue of what is still to be written to it.
//!
//! Bounded by bytes. Whoever publishes never waits for it: a numbered event that does not fit makes
//! the subscription fall behind, a hint is dropped, and a change of state that does not fit ends
//! the socket, so that the client comes back to a fresh snapshot.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use uuid::Uuid;

use crate::close::CloseReason;
use crate::envelope::{Frames, Topic};

/// A socket's number, never used twice within a process.
pub type SocketId = u64;

/// Something that the socket's task must do itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The subscription to this topic fell behind: read from its cursor.
    Behind(Topic),
    /// The user came to this topic: subscribe.
    Added(Topic),
    /// The user left this topic; the subscription of that time is gone.
    Removed(Topic),
}

/// One entry of the queue.
#[derive(Clone, Debug)]
pub enum Item {
    /// A frame to write.
    Frame(Bytes),
    /// Frames to write, from this index on.
    Frames(Frames, usize),
    /// Something to do.
    Signal(Signal),
}

/// The queue. Shared by the hub, which fills it, and the socket's task, which drains it.
#[derive(Debug)]
pub struct Outbox {
    /// This socket.
    pub id: SocketId,
    /// Whose it is.
    pub user_id: i64,
    /// The session that it signed in with.
    pub session_id: Uuid,
    /// The one topic that it is about; all of the user's where absent.
    pub only: Option<Topic>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Item>,
    bytes: usize,
    /// What was drained last and may still be on its way to the peer.
    on_the_way: usize,
    /// Overtakes the queue: whoever is to be closed is told nothing more.
    closing: Option<CloseReason>,
    waker: Option<Waker>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A drained queue that grew beyond this many entries gives its memory back.
const KEEP_CAPACITY: usize = 16;

impl Outbox {
    /// The most bytes of frames that wait in a queue. What one stalled reader can cost is 256 KiB: the
    /// rest is the kernel's.
    pub const MAX_BYTES: usize = 192 * 1024;

    /// A new queue for a socket of this user and session, about all topics or only one.
    #[must_use]
    pub fn new(user_id: i64, session_id: Uuid, only: Option<Topic>) -> Self {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Self { id, user_id, session_id, only, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing below can panic halfway, so a poisoned queue is still a sound one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues frames from an index on, all or none.
    pub(crate) fn push_frames(&self, frames: &Frames, from: usize) -> bool {
        let bytes = frames[from..].iter().map(Bytes::len).sum();
        self.push(Item::Frames(frames.clone(), from), bytes)
    }

    /// Queues a frame if it fits.
    pub(crate) fn push_frame(&self, frame: &Bytes) -> bool {
        self.push(Item::Frame(frame.clone()), frame.len())
    }

    /// Queues a frame that may be lost.
    pub fn push_hint(&self, frame: &Bytes) {
        self.push_frame(frame);
    }

    /// Queues a frame that must not be lost: if it does not fit, the socket is closed.
    pub(crate) fn push_state(&self, frame: &Bytes) {
        if !self.push_frame(frame) {
            self.close(CloseReason::MissedState);
        }
    }

    /// Ends the socket.
    pub fn close(&self, reason: CloseReason) {
        let waker = {
            let mut state = self.lock();
            state.closing.get_or_insert(reason);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Queues something to do; always fits, because each kind is queued at most once a change.
    pub fn signal(&self, signal: Signal) {
        let waker = {
            let mut state = self.lock();
            state.queue.push_back(Item::Signal(signal));
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn push(&self, item: Item, bytes: usize) -> bool {
        let waker = {
            let mut state = self.lock();
            if state.on_the_way + state.bytes + bytes > Self::MAX_BYTES {
                return false;
            }
            state.bytes += bytes;
            state.queue.push_back(item);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Takes everything that waits into `into`, which must be empty, or waits until there is
    /// something; an error is the order to close. Only one task may poll, and only when it has
    /// written what it took before: until then that counts as waiting.
    pub fn poll_drain(
        &self,
        cx: &mut Context<'_>,
        into: &mut VecDeque<Item>,
    ) -> Poll<Result<(), CloseReason>> {
        debug_assert!(into.is_empty());
        if into.capacity() > KEEP_CAPACITY {
            *into = VecDeque::new();
        }
        let mut state = self.lock();
        // Whoever comes for more has written what was drained before.
        state.on_the_way = 0;
        if let Some(reason) = state.closing {
            return Poll::Ready(Err(reason));
        }
        if state.queue.is_empty() {
            state.wait(cx);
            return Poll::Pending;
        }
        std::mem::swap(&mut state.queue, into);
        state.on_the_way = std::mem::take(&mut state.bytes);
        Poll::Ready(Ok(()))
    }

    /// The order to close, where it was given.
    #[must_use]
    pub fn closing(&self) -> Option<CloseReason> {
        self.lock().closing
    }

    /// Waits for the order to close, while the queue cannot be drained. Only one task may poll.
    pub fn poll_close(&self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let mut state = self.lock();
        match state.closing {
            Some(reason) => Poll::Ready(reason),
            None => {
                state.wait(cx);
                Poll::Pending
            }
        }
    }
}

impl State {
    fn wait(&mut self, cx: &Context<'_>) {
        if !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.waker = Some(cx.waker().clone());
        }
    }
}
