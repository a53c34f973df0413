//! Commands of a socket that wait for their answers, bounded in number and in bytes: a socket that
//! reads nothing keeps no more of them than this.
//!
//! An answer is looked at only while its socket has nothing else to do, which may be long: it waits for
//! somebody else's work, and holds nothing itself that others wait for.

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// The most commands that wait.
pub(super) const MAX_IN_FLIGHT: usize = 64;
/// No more is taken when those that wait have so many bytes, and their answers about as many again.
const MAX_BYTES: usize = 32 * 1024;

/// The commands; nothing is allocated for an idle socket.
#[derive(Default)]
pub(super) struct InFlight(Option<Box<Waiting>>);

#[derive(Default)]
struct Waiting {
    answers: FuturesUnordered<BoxFuture<'static, (usize, String)>>,
    bytes: usize,
}

impl InFlight {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether another command may be taken.
    pub(super) fn has_room(&self) -> bool {
        self.0.as_ref().is_none_or(|waiting| {
            waiting.answers.len() < MAX_IN_FLIGHT && waiting.bytes < MAX_BYTES
        })
    }

    /// Keeps the answer of a command of so many bytes until it is there.
    pub(super) fn push(
        &mut self,
        bytes: usize,
        answer: impl Future<Output = String> + Send + 'static,
    ) {
        let waiting = self.0.get_or_insert_default();
        waiting.bytes += bytes;
        waiting.answers.push(Box::pin(async move { (bytes, answer.await) }));
    }

    /// The next answer that is there; waits for ever, when none is awaited.
    pub(super) async fn next(&mut self) -> String {
        let Some(waiting) = &mut self.0 else { return std::future::pending().await };
        let Some((bytes, answer)) = waiting.answers.next().await else {
            return std::future::pending().await;
        };
        waiting.bytes -= bytes;
        if waiting.answers.is_empty() {
            self.0 = None;
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn sixty_four_small_commands_or_a_few_large_ones_wait_at_once() {
        for (bytes, most) in [(100, MAX_IN_FLIGHT), (20_000, 2), (128 * 1024, 1)] {
            let mut in_flight = InFlight::default();
            let mut taken = 0;
            while in_flight.has_room() {
                in_flight.push(bytes, async { "done".to_owned() });
                taken += 1;
            }
            assert_eq!(taken, most, "{bytes} bytes");
            assert_eq!(in_flight.next().await, "done");
            assert!(in_flight.has_room());
            for _ in 1..most {
                in_flight.next().await;
            }
            assert!(in_flight.is_empty());
            assert!(in_flight.next().now_or_never().is_none());
        }
    }
}
