//! Who is online: has a device connected, or had one a moment ago.
//!
//! The one truth that the directory, the members' lists and presence all ask, so that they agree. Each node knows
//! who is here, with their graces, and is told by the others who is there.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adda_protocol::UserId;
use adda_realtime::{Broker, Elsewhere, Hub};
use tokio::time::Instant;

use super::privacy::Privacy;

/// Somebody is offline so long after the last device went, so that a reload is not seen.
const GRACE: Duration = Duration::from_secs(10);

/// Who is online, and to whom that is shown.
#[derive(Debug)]
pub(crate) struct Online {
    hub: Arc<Hub>,
    privacy: Arc<Privacy>,
    broker: Arc<dyn Broker>,
    elsewhere: Arc<Elsewhere>,
    /// Everybody on this node, and since when their last device is gone, if it is.
    people: Mutex<HashMap<UserId, Option<Instant>>>,
}

impl Online {
    /// Nobody yet.
    #[must_use]
    pub(crate) fn new(
        hub: Arc<Hub>,
        privacy: Arc<Privacy>,
        broker: Arc<dyn Broker>,
        elsewhere: Arc<Elsewhere>,
    ) -> Self {
        Self { hub, privacy, broker, elsewhere, people: Mutex::default() }
    }

    fn contains(&self, user: UserId) -> bool {
        self.lock().contains_key(&user) || self.elsewhere.contains(user)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Option<Instant>>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many sockets there are.
    #[must_use]
    pub(crate) fn sockets(&self) -> usize {
        self.hub.sockets()
    }

    /// Who hides what.
    #[must_use]
    pub(crate) fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// Whether others are shown that this person is online.
    #[must_use]
    pub(crate) fn shows(&self, user: UserId) -> bool {
        self.contains(user) && !self.privacy.hides_last_seen(user)
    }

    /// Whether one of two is shown that the other is online. Everybody sees themselves.
    #[must_use]
    pub(crate) fn is_shown(&self, user: UserId, viewer: UserId) -> bool {
        self.contains(user) && self.is_visible(user, viewer)
    }

    /// Whether one of two may know when the other is here and was last seen.
    #[must_use]
    pub(crate) fn is_visible(&self, user: UserId, viewer: UserId) -> bool {
        user == viewer
            || !(self.privacy.hides_last_seen(user) || self.privacy.hides_last_seen(viewer))
    }

    /// Everybody whom the viewer sees online.
    #[must_use]
    pub(crate) fn shown(&self, viewer: UserId) -> Vec<UserId> {
        let everybody = self.here().into_iter().chain(self.elsewhere.everybody());
        let shown: HashSet<_> = everybody.filter(|user| self.is_visible(*user, viewer)).collect();
        shown.into_iter().collect()
    }

    /// Whether somebody is online on this node or on one that is heard.
    #[must_use]
    pub(crate) fn is_known(&self, user: UserId) -> bool {
        self.lock().contains_key(&user) || self.elsewhere.is_heard(user)
    }

    /// Who is online on nodes that are not heard.
    pub(crate) fn are_unheard(&self, people: impl IntoIterator<Item = UserId>) {
        self.elsewhere.set_unheard(people);
    }

    /// Who came to other nodes or left them since this was asked last.
    #[must_use]
    pub(crate) fn changed_elsewhere(&self) -> HashSet<UserId> {
        self.elsewhere.take_changed()
    }

    /// Everybody who is online on this node, shown or not.
    #[must_use]
    pub(crate) fn here(&self) -> Vec<UserId> {
        self.lock().keys().copied().collect()
    }

    /// A device connected; whether that made the person online on this node.
    #[must_use]
    pub(crate) fn connected(&self, user: UserId) -> bool {
        let mut people = self.lock();
        let is_first = people.insert(user, None).is_none();
        if is_first {
            // Within the lock, so that the others are told of coming and going in their order.
            self.broker.is_here(user, true);
        }
        is_first
    }

    /// The last device went; the grace begins.
    pub(crate) fn disconnected(&self, user: UserId) {
        if let Some(gone) = self.lock().get_mut(&user) {
            *gone = Some(Instant::now());
        }
    }

    /// Who is not online on this node any more, because their grace is over.
    #[must_use]
    pub(crate) fn end_graces(&self, now: Instant) -> Vec<UserId> {
        let mut people = self.lock();
        let over = |since: &Option<Instant>| since.is_some_and(|at| now >= at + GRACE);
        let ended = people.iter().filter(|(_, since)| over(since)).map(|(user, _)| *user);
        let gone: Vec<UserId> = ended.filter(|user| !self.hub.is_connected(*user)).collect();
        for user in &gone {
            people.remove(user);
            self.broker.is_here(*user, false);
        }
        gone
    }
}
