//! Who is online on servers that are not heard: whoever is written down as seen, again and again.
//!
//! Servers that do not hear each other write down everybody who is online on them every ten seconds. What is
//! written is compared with what was written before and not with this server's clock, since clocks of servers may
//! be minutes apart.

use std::collections::HashMap;
use std::time::Duration;

use adda_protocol::UserId;
use tokio::time::Instant;

/// How often everybody who is online is written down as seen while servers do not hear each other.
pub(super) const RECORD_UNHEARD: Duration = Duration::from_secs(10);

/// How often the database is asked.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// Who was not written down anew for so long is gone: what is written may come two seconds late, and is looked for
/// after that.
const GONE: Duration = RECORD_UNHEARD.saturating_add(LOOK).saturating_add(Duration::from_secs(2));

/// Who leaves a server that is heard is written down once more, about when this one hears of it.
const LEAVING: Duration = Duration::from_secs(10);

/// When people were seen last, by the clocks of whoever wrote that.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    seen: HashMap<UserId, Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    at: i64,
    /// When this server noticed that it was written.
    noticed: Option<Instant>,
    /// When they were last known to be online on this server or on one that is heard.
    known: Option<Instant>,
}

impl Sightings {
    /// What the database says now, and who is known to be online without it; answers who else is. Whom the first
    /// look finds is online if they were seen after `lately`.
    pub(super) fn note(
        &mut self,
        rows: Vec<(UserId, i64)>,
        is_known: impl Fn(UserId) -> bool,
        lately: i64,
        now: Instant,
    ) -> Vec<UserId> {
        let is_first = self.seen.is_empty();
        let seen = rows.into_iter().map(|(user, at)| {
            let before = self.seen.get(&user).copied();
            let known = if is_known(user) { Some(now) } else { before.and_then(|it| it.known) };
            let noticed = match before {
                // Written down by where they are known to be, or to have been.
                _ if known.is_some_and(|at| now < at + LEAVING) => None,
                Some(before) if before.at == at => before.noticed,
                Some(_) => Some(now),
                None => (!is_first || at > lately).then_some(now),
            };
            (user, Seen { at, noticed, known })
        });
        self.seen = seen.collect();
        let is_here = |seen: &Seen| seen.noticed.is_some_and(|at| now < at + GONE);
        self.seen.iter().filter(|(_, seen)| is_here(seen)).map(|(user, _)| *user).collect()
    }

    /// Others are heard again.
    pub(super) fn forget(&mut self) {
        self.seen = HashMap::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody(_: UserId) -> bool {
        false
    }

    #[test]
    fn who_is_written_down_again_and_again_is_here_whatever_the_clocks_say() {
        let (mut sightings, begun) = (Sightings::default(), Instant::now());
        let mut note = |rows: &[(UserId, i64)], seconds| {
            let now = begun + Duration::from_secs(seconds);
            let mut people = sightings.note(rows.to_vec(), nobody, i64::MAX, now);
            people.sort_unstable();
            people
        };
        assert_eq!(note(&[(1, 100), (2, 900_000)], 0), Vec::<UserId>::new());
        assert_eq!(note(&[(1, 124), (2, 900_000)], 5), [1]);
        assert_eq!(note(&[(1, 124), (2, 900_000), (3, 7)], 10), [1, 3]);
        assert_eq!(note(&[(1, 134), (2, 900_000), (3, 7)], 20), [1, 3]);
        assert_eq!(note(&[(1, 134), (2, 900_000), (3, 7)], 30), [1]);
        assert_eq!(note(&[(1, 134)], 38), Vec::<UserId>::new());
    }

    #[test]
    fn who_leaves_a_server_that_is_heard_is_not_taken_for_somebody_of_another_one() {
        let (mut sightings, begun) = (Sightings::default(), Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut note = |at, known: bool, seconds| {
            !sightings.note(vec![(1, at)], |_| known, i64::MAX, after(seconds)).is_empty()
        };
        assert!(!note(100, true, 0));
        assert!(!note(124, true, 5), "known without looking");
        assert!(!note(129, false, 10), "when they left");
        assert!(!note(129, false, 15));
        assert!(note(148, false, 30), "they are elsewhere as well");
    }

    #[test]
    fn whom_a_first_look_finds_was_seen_lately_or_is_not_here() {
        let (mut sightings, now) = (Sightings::default(), Instant::now());
        assert_eq!(sightings.note(vec![(1, 100), (2, 99)], nobody, 99, now), [1]);
    }
}
