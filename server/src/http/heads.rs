//! The time that a peer has for the head of a request once it has begun one. Until then it may be silent
//! for much longer: who keeps connections for later, as proxies do, must be the one that closes them, or
//! a request is lost that was sent at the moment in which the server closed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// The requests of a connection: how often one has begun or ended, so that an odd number says that one
/// is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests(Arc<AtomicUsize>);

/// As long as this is kept, a request is under way.
#[derive(Debug)]
pub(super) struct UnderWay(Requests);

impl Requests {
    /// The head of a request has come.
    pub(super) fn begin(&self) -> UnderWay {
        self.0.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }

    fn turn(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The time for the head of the next request.
#[derive(Debug)]
pub(super) struct HeadTime {
    requests: Requests,
    within: Duration,
    end: Pin<Box<Sleep>>,
    /// Between which requests a head was begun.
    begun: Option<usize>,
}

impl HeadTime {
    /// The first head is expected at once, each later one within so long of its first byte.
    pub(super) fn new(requests: Requests, within: Duration) -> Self {
        let begun = Some(requests.turn());
        Self { requests, within, end: Box::pin(sleep(within)), begun }
    }

    /// The peer was read, and sent something or nothing: ready when its head takes too long.
    pub(super) fn poll_end(&mut self, context: &mut Context<'_>, sent: bool) -> Poll<()> {
        let turn = self.requests.turn();
        if turn % 2 == 1 {
            return Poll::Pending;
        }
        if self.begun != Some(turn) {
            if !sent {
                return Poll::Pending;
            }
            self.begun = Some(turn);
            self.end.as_mut().reset(Instant::now() + self.within);
        }
        self.end.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt;

    use super::*;

    const WITHIN: Duration = Duration::from_millis(50);

    fn is_over(time: &mut HeadTime, sent: bool) -> bool {
        poll_fn(|context| time.poll_end(context, sent)).now_or_never().is_some()
    }

    async fn ends(time: &mut HeadTime) {
        poll_fn(|context| time.poll_end(context, false)).await;
    }

    #[tokio::test]
    async fn who_says_nothing_at_all_is_given_up() {
        ends(&mut HeadTime::new(Requests::default(), WITHIN)).await;
    }

    #[tokio::test]
    async fn a_trickle_is_no_head() {
        let mut time = HeadTime::new(Requests::default(), WITHIN);
        let began = Instant::now();
        while !is_over(&mut time, true) {
            tokio::task::yield_now().await;
        }
        assert!(began.elapsed() < WITHIN * 10, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn between_requests_one_is_silent_as_long_as_one_likes_and_a_head_has_its_time_again() {
        let requests = Requests::default();
        let mut time = HeadTime::new(requests.clone(), WITHIN);
        assert!(!is_over(&mut time, true));
        let request = requests.begin();
        let idle = sleep(WITHIN * 2);
        // What comes meanwhile is its body.
        assert!(!is_over(&mut time, true));
        idle.await;
        assert!(!is_over(&mut time, true));
        drop(request);
        assert!(!is_over(&mut time, false), "the time of the first head is past and long over");

        let began = Instant::now();
        assert!(!is_over(&mut time, true));
        ends(&mut time).await;
        assert!(began.elapsed() >= WITHIN);
    }

    #[tokio::test]
    async fn a_request_of_which_nobody_looked_ends_the_time_of_its_head_too() {
        let requests = Requests::default();
        let mut time = HeadTime::new(requests.clone(), WITHIN);
        assert!(!is_over(&mut time, true));
        drop(requests.begin());
        sleep(WITHIN * 2).await;
        assert!(!is_over(&mut time, false));
    }
}
