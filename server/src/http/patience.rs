//! Patience with a peer that does not read what is written to it, or does not end what it begins to ask.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::heads::HeadTime;

/// The least that a peer takes, within the time, of what waits for it. Slower than any line that
/// people use, and more than the few bytes by which somebody keeps up appearances.
const LEAST_BYTES: usize = 8 * 1024;

/// How long a peer may take next to nothing of what waits for it. What it took before it had to be
/// waited for counts for nothing.
#[derive(Debug)]
pub(crate) struct Patience {
    within: Duration,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    taken: usize,
    end: Pin<Box<Sleep>>,
}

impl Patience {
    /// Patience for so long.
    #[must_use]
    pub(crate) const fn new(within: Duration) -> Self {
        Self { within, waiting: None }
    }

    /// The peer took so many bytes; whether that was all there was.
    pub(crate) fn took(&mut self, bytes: usize, is_all: bool) {
        if let Some(waiting) = &mut self.waiting {
            waiting.taken += bytes;
            if is_all || waiting.taken >= LEAST_BYTES {
                self.waiting = None;
            }
        }
    }

    /// The peer takes nothing now: ready when it has done so for too long.
    pub(crate) fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let within = self.within;
        let waiting =
            self.waiting.get_or_insert_with(|| Waiting { taken: 0, end: Box::pin(sleep(within)) });
        waiting.end.as_mut().poll(context)
    }
}

/// A stream that fails when its peer exhausts the patience.
#[derive(Debug)]
pub(crate) struct Patient<S> {
    stream: S,
    patience: Patience,
    head: HeadTime,
}

impl<S> Patient<S> {
    /// The stream, with patience for so long, and that for heads.
    pub(super) fn new(stream: S, within: Duration, head: HeadTime) -> Self {
        Self { stream, patience: Patience::new(within), head }
    }

    /// The stream alone.
    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    fn judge(
        &mut self,
        context: &mut Context<'_>,
        all: usize,
        polled: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &polled {
            Poll::Ready(Ok(bytes)) => self.patience.took(*bytes, *bytes == all),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.patience.poll_end(context).is_ready() => {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Pending => {}
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if self.head.poll_end(context, buffer.filled().len() > before).is_ready() {
            return Poll::Ready(Err(io::Error::other("the head of a request took too long")));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, bytes.len(), polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all = slices.iter().map(|slice| slice.len()).sum();
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judge(context, all, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt;
    use tokio::time::{Instant, timeout};

    use super::*;

    const STALL: Duration = Duration::from_millis(400);

    fn is_over(patience: &mut Patience) -> bool {
        poll_fn(|context| patience.poll_end(context)).now_or_never().is_some()
    }

    #[tokio::test]
    async fn what_was_taken_before_counts_for_nothing() {
        let mut patience = Patience::new(STALL);
        patience.took(4_000_000, false);
        let began = Instant::now();
        poll_fn(|context| patience.poll_end(context)).await;
        assert!((STALL..STALL * 2).contains(&began.elapsed()), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_trickle_is_no_progress() {
        let mut patience = Patience::new(STALL);
        let trickle = async {
            for _ in 1..LEAST_BYTES {
                if is_over(&mut patience) {
                    return;
                }
                patience.took(1, false);
                let _ = timeout(STALL / 100, std::future::pending::<()>()).await;
            }
            panic!("nothing ended it");
        };
        trickle.await;
    }

    #[tokio::test]
    async fn a_slow_line_goes_on() {
        let mut patience = Patience::new(STALL);
        let began = Instant::now();
        while began.elapsed() < STALL * 3 {
            assert!(!is_over(&mut patience));
            patience.took(LEAST_BYTES / 2, false);
            assert!(!is_over(&mut patience));
            patience.took(LEAST_BYTES / 2, false);
            tokio::task::yield_now().await;
        }
        assert!(!is_over(&mut patience));
        patience.took(1, true);
        assert!(patience.waiting.is_none(), "nothing is kept for whom nothing waits");
    }
}
