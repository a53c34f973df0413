//! Keeps who is online, with the grace after the last device, and which rooms are watched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adda_protocol::UserId;
use adda_realtime::{Broker, Envelope, Hub, Outbox, Topic};
use bytes::Bytes;
use tokio::time::{Instant, MissedTickBehavior};

use super::watched::Watched;
use crate::features::accounts::Accounts;
use crate::features::rooms::{RoomError, RoomRef, Rooms};

/// Somebody is offline so long after the last device went.
const GRACE: Duration = Duration::from_secs(10);
/// How often watchers are told.
const FLUSH: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct State {
    /// Everybody who is online, and since when their last device is gone, if it is.
    online: HashMap<UserId, Option<Instant>>,
    watched: HashMap<Topic, Watched>,
}

/// The service.
#[derive(Debug)]
pub struct Presence {
    accounts: Arc<Accounts>,
    rooms: Arc<Rooms>,
    hub: Arc<Hub>,
    broker: Broker,
    state: Mutex<State>,
}

impl Presence {
    /// The service on its parts; [`Presence::run`] drives it.
    #[must_use]
    pub fn new(accounts: Arc<Accounts>, rooms: Arc<Rooms>, hub: Arc<Hub>, broker: Broker) -> Self {
        Self { accounts, rooms, hub, broker, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device of the user connected.
    pub fn connected(&self, user: UserId) {
        let mut state = self.lock();
        if state.online.insert(user, None).is_none() {
            state.watched.values_mut().for_each(|room| room.set_online(user, true));
        }
    }

    /// The user's last device went; the grace begins.
    pub fn disconnected(&self, user: UserId) {
        if let Some(gone) = self.lock().online.get_mut(&user) {
            *gone = Some(Instant::now());
        }
    }

    /// Begins to watch a room. Answers the snapshot for this watcher.
    ///
    /// # Errors
    /// The database.
    pub async fn open(&self, room: &RoomRef, outbox: &Arc<Outbox>) -> Result<Bytes, RoomError> {
        let topic = room.topic();
        let mut loaded = None;
        loop {
            {
                let mut state = self.lock();
                let State { online, watched } = &mut *state;
                if let Some(members) = loaded.take() {
                    let entry = watched.entry(topic);
                    let entry = entry.or_insert_with(|| Watched::new(room.name.clone()));
                    for user in members {
                        entry.add_member(user, online.contains_key(&user));
                    }
                }
                if let Some(entry) = watched.get_mut(&topic) {
                    return Ok(entry.watch(outbox));
                }
            }
            let members = self.rooms.members_of(topic).await?;
            loaded = Some(members.map(|(_, members)| members).unwrap_or_default());
        }
    }

    /// Ends watching a room.
    pub fn close(&self, topic: Topic, outbox: &Outbox) {
        let mut state = self.lock();
        if let Some(room) = state.watched.get_mut(&topic) {
            room.unwatch(outbox.id);
            if room.is_unwatched() {
                state.watched.remove(&topic);
            }
        }
    }

    /// A connected user became a member of a room.
    pub fn joined(&self, topic: Topic, user: UserId) {
        if let Some(room) = self.lock().watched.get_mut(&topic) {
            room.add_member(user, true);
        }
    }

    /// A connected user is no longer a member of a room.
    pub fn left(&self, topic: Topic, user: UserId) {
        if let Some(room) = self.lock().watched.get_mut(&topic) {
            room.remove_member(user);
        }
    }

    /// Hands a typing notice to the room's others. It may be lost.
    pub(super) fn hint(&self, topic: Topic, members_version: i64, except: UserId, frame: Bytes) {
        self.broker.publish(Envelope::Hint { topic, members_version, except, frame });
    }

    /// Ends graces and tells watchers, until the service is dropped by everybody else.
    pub async fn run(self: Arc<Self>) {
        let mut tick = tokio::time::interval(FLUSH);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let gone = self.flush(Instant::now());
            if gone.is_empty() {
                continue;
            }
            if let Err(error) = self.accounts.record_last_seen(&gone).await {
                tracing::warn!(%error, people = gone.len(), "last seen was not recorded");
            }
        }
    }

    /// One round; answers who went offline.
    pub(super) fn flush(&self, now: Instant) -> Vec<UserId> {
        let mut state = self.lock();
        let State { online, watched } = &mut *state;
        let over = |since: &Option<Instant>| since.is_some_and(|at| now >= at + GRACE);
        let ended = online.iter().filter(|(_, since)| over(since)).map(|(user, _)| *user);
        let gone: Vec<UserId> = ended.filter(|user| !self.hub.is_connected(*user)).collect();
        for user in &gone {
            online.remove(user);
            watched.values_mut().for_each(|room| room.set_online(*user, false));
        }
        watched.values_mut().for_each(Watched::flush);
        gone
    }
}
