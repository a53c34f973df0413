//! What this process has seen of sessions, for as long as it matters to who pays for a request: those that
//! stand, and those that are known to be over though their access tokens are not.

use dashmap::DashMap;
use uuid::Uuid;

/// Some sessions, each until a time in milliseconds of the clock that tokens are judged by.
#[derive(Debug, Default)]
pub(super) struct Known(DashMap<Uuid, i64>);

impl Known {
    pub(super) fn remember(&self, session_id: Uuid, until: i64) {
        let mut latest = self.0.entry(session_id).or_insert(until);
        *latest = until.max(*latest);
    }

    pub(super) fn contains(&self, session_id: Uuid) -> bool {
        self.0.contains_key(&session_id)
    }

    /// Forgets those whose time has come.
    pub(super) fn purge(&self, now: i64) {
        self.0.retain(|_, until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_until_the_latest_time_that_was_named() {
        let (known, session) = (Known::default(), Uuid::new_v4());
        known.remember(session, 2_000);
        known.remember(session, 1_000);
        known.purge(1_500);
        assert!(known.contains(session) && !known.contains(Uuid::new_v4()));
        known.purge(2_000);
        assert!(!known.contains(session));
    }
}
