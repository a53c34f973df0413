//! Who changed and was not read since.

use std::time::{Duration, Instant};

use dashmap::DashMap;

/// Whoever could not be read for so long is let go: sockets whose session has ended stay five seconds at most.
const PATIENCE: Duration = Duration::from_secs(4);

/// Users of whom this node heard that they changed.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    users: DashMap<i64, Changes>,
}

#[derive(Clone, Copy, Debug)]
struct Changes {
    first: Instant,
    last: Instant,
}

impl Unread {
    pub(crate) fn changed(&self, user_id: i64, now: Instant) {
        let mut changes = self.users.entry(user_id).or_insert(Changes { first: now, last: now });
        changes.last = now;
    }

    /// What was read from this moment on has the changes before it; `None` stands for everybody.
    pub(crate) fn read(&self, user_id: Option<i64>, begun: Instant) {
        self.users.retain(|user, changes| {
            if user_id.is_some_and(|it| it != *user) {
                return true;
            }
            changes.first = begun;
            changes.last > begun
        });
    }

    /// Who waits for too long; they are told of once.
    pub(crate) fn take_overdue(&self, now: Instant) -> Vec<i64> {
        let is_over = |changes: &Changes| now.saturating_duration_since(changes.first) >= PATIENCE;
        let over: Vec<_> =
            self.users.iter().filter(|it| is_over(it.value())).map(|it| *it.key()).collect();
        for user_id in &over {
            self.users.remove(user_id);
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_be_read_is_let_go_and_who_was_read_is_not() {
        let (unread, begun) = (Unread::default(), Instant::now());
        let at = |ms| begun + Duration::from_millis(ms);
        unread.changed(1, at(0));
        unread.changed(2, at(0));
        unread.changed(3, at(0));
        unread.changed(3, at(3_000));
        unread.read(Some(2), at(1_000));
        unread.read(Some(3), at(2_000));
        assert_eq!(unread.take_overdue(at(3_900)), Vec::<i64>::new());
        assert_eq!(unread.take_overdue(at(4_000)), [1]);
        assert_eq!(unread.take_overdue(at(5_900)), Vec::<i64>::new());
        assert_eq!(unread.take_overdue(at(6_000)), [3], "it changed once more");
        unread.changed(4, at(7_000));
        unread.read(None, at(7_500));
        assert_eq!(unread.take_overdue(at(60_000)), Vec::<i64>::new());
    }
}
