//! Sessions that are known to be over though their access tokens are not: whoever still has such a token
//! has nothing to spend of what the person has.

use dashmap::DashMap;
use uuid::Uuid;

/// The sessions, and until when a token of theirs may be shown.
#[derive(Debug, Default)]
pub(super) struct Ended(DashMap<Uuid, i64>);

impl Ended {
    /// A session was found to be over by a token that lasts until then, in milliseconds of the clock that
    /// tokens are judged by.
    pub(super) fn remember(&self, session_id: Uuid, token_lasts_until: i64) {
        let mut until = self.0.entry(session_id).or_insert(token_lasts_until);
        *until = token_lasts_until.max(*until);
    }

    pub(super) fn contains(&self, session_id: Uuid) -> bool {
        self.0.contains_key(&session_id)
    }

    /// Forgets those whose tokens are over as well.
    pub(super) fn purge(&self, now: i64) {
        self.0.retain(|_, until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_for_as_long_as_its_latest_token_lasts() {
        let (ended, session) = (Ended::default(), Uuid::new_v4());
        ended.remember(session, 2_000);
        ended.remember(session, 1_000);
        ended.purge(1_500);
        assert!(ended.contains(session) && !ended.contains(Uuid::new_v4()));
        ended.purge(2_000);
        assert!(!ended.contains(session));
    }
}
