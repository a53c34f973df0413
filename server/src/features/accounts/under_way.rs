//! Requests with one refresh token that are under way at the same moment, such as those of two tabs:
//! one after the other, and each knows whether another was there.
//!
//! In memory alone: requests that reach two nodes at once are at worst taken for a repeat.

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

/// A session and a generation of it.
type Key = (Uuid, i64);

/// The requests.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    tokens: DashMap<Key, Together>,
}

/// The requests with one token.
#[derive(Debug)]
struct Together {
    requests: usize,
    /// Whether one of them had its turn.
    began: Arc<Mutex<bool>>,
}

/// A request's turn. It counts as under way until this is dropped.
#[derive(Debug)]
pub(super) struct RefreshPermit<'a> {
    /// Whether another request with this token had its turn while this one was under way.
    pub(super) is_race: bool,
    _began: OwnedMutexGuard<bool>,
    _here: Here<'a>,
}

#[derive(Debug)]
struct Here<'a> {
    of: &'a UnderWay,
    key: Key,
}

impl UnderWay {
    /// Waits until no other request with this token has its turn.
    pub(super) async fn permit(&self, session_id: Uuid, generation: i64) -> RefreshPermit<'_> {
        let key = (session_id, generation);
        let began = {
            let mut together = self
                .tokens
                .entry(key)
                .or_insert_with(|| Together { requests: 0, began: Arc::default() });
            together.requests += 1;
            together.began.clone()
        };
        let here = Here { of: self, key };
        let mut began = began.lock_owned().await;
        let is_race = std::mem::replace(&mut *began, true);
        RefreshPermit { is_race, _began: began, _here: here }
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.of.tokens.remove_if_mut(&self.key, |_, together| {
            together.requests -= 1;
            together.requests == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_came_while_another_was_under_way_knows_and_who_came_after_does_not() {
        let under_way = UnderWay::default();
        let first = under_way.permit(Uuid::nil(), 1).await;
        assert!(!first.is_race);
        assert!(!under_way.permit(Uuid::nil(), 2).await.is_race, "another token is another matter");
        let mut second = Box::pin(under_way.permit(Uuid::nil(), 1));
        assert!(second.as_mut().now_or_never().is_none(), "one at a time");
        drop(first);
        let second = second.await;
        assert!(second.is_race);
        drop(second);
        assert!(!under_way.permit(Uuid::nil(), 1).await.is_race);
        assert!(under_way.tokens.is_empty(), "nothing is remembered");
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_is_forgotten() {
        let under_way = UnderWay::default();
        let first = under_way.permit(Uuid::nil(), 1).await;
        assert!(under_way.permit(Uuid::nil(), 1).now_or_never().is_none());
        drop(first);
        assert!(under_way.tokens.is_empty());
    }
}
