//! Keeps who is online, with the grace after the last device, and which rooms are watched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adda_protocol::{Timestamp, UserId};
use adda_realtime::{Broker, Envelope, Hub, Outbox, Topic};
use bytes::Bytes;
use tokio::time::{Instant, MissedTickBehavior};

use super::people::People;
use super::watched::Watched;
use crate::features::accounts::{AccountError, Accounts};
use crate::features::rooms::{RoomError, RoomRef, Rooms};

/// Somebody is offline so long after the last device went.
const GRACE: Duration = Duration::from_secs(10);
/// How often watchers are told.
const FLUSH: Duration = Duration::from_secs(2);
/// After so many rounds everybody who is online is written down as seen.
const ROUNDS_TO_RECORD: u32 = 15;

#[derive(Debug, Default)]
struct State {
    /// Everybody who is online, and since when their last device is gone, if it is.
    online: HashMap<UserId, Option<Instant>>,
    watched: HashMap<Topic, Watched>,
    people: People,
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
            state.people.has_changed(user);
            state.watched.values_mut().for_each(|room| room.set_online(user, true));
        }
    }

    /// The user's last device went; the grace begins.
    pub fn disconnected(&self, user: UserId) {
        if let Some(gone) = self.lock().online.get_mut(&user) {
            *gone = Some(Instant::now());
        }
    }

    /// Begins to watch people. Answers who of them is online, as their watchers were told last.
    pub fn watch(&self, users: &[UserId], outbox: &Arc<Outbox>) -> Vec<(UserId, bool)> {
        let mut state = self.lock();
        let State { online, people, .. } = &mut *state;
        let watch = |user: &UserId| (*user, people.watch(*user, online.contains_key(user), outbox));
        users.iter().map(watch).collect()
    }

    /// Ends watching people.
    pub fn unwatch(&self, users: &[UserId], outbox: &Outbox) {
        if users.is_empty() {
            return;
        }
        let mut state = self.lock();
        users.iter().for_each(|user| state.people.unwatch(*user, outbox.id));
    }

    /// When these people were last seen, of whom that is known.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn last_seen(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Timestamp>, AccountError> {
        self.accounts.last_seen(users).await
    }

    /// Begins to watch a room. Answers the snapshot for this watcher.
    ///
    /// # Errors
    /// The database.
    pub async fn open(&self, room: &RoomRef, outbox: &Arc<Outbox>) -> Result<Bytes, RoomError> {
        let topic = room.topic();
        if let Some(room) = self.lock().watched.get_mut(&topic) {
            return Ok(room.watch(outbox));
        }
        let members = self.rooms.members_of(topic).await?;
        let mut state = self.lock();
        let State { online, watched, .. } = &mut *state;
        let entry = watched.entry(topic).or_insert_with(|| Watched::new(room.name.clone()));
        if let Some((version, members)) = members {
            entry.set_members(version, members, |user| online.contains_key(&user));
        }
        Ok(entry.watch(outbox))
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

    /// Hands a typing notice to the room's others. It may be lost.
    pub(super) fn hint(&self, topic: Topic, members_version: i64, except: UserId, frame: Bytes) {
        self.broker.publish(Envelope::Hint { topic, members_version, except, frame });
    }

    /// Follows members, ends graces and tells watchers, round by round, until the service is dropped by everybody else.
    pub async fn run(self: Arc<Self>) {
        let mut tick = tokio::time::interval(FLUSH);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rounds = 0;
        loop {
            tick.tick().await;
            self.learn_members().await;
            let mut seen = self.flush(Instant::now());
            rounds = (rounds + 1) % ROUNDS_TO_RECORD;
            if rounds == 0 {
                seen.extend(self.lock().online.keys());
            }
            self.record(seen).await;
            // Whoever is told of somebody who went finds them written down.
            self.tell();
        }
    }

    /// Writes down that everybody who is online was seen, before the server stops.
    pub async fn record_everybody(&self) {
        let seen = self.lock().online.keys().copied().collect();
        self.record(seen).await;
    }

    async fn record(&self, mut seen: Vec<UserId>) {
        if seen.is_empty() {
            return;
        }
        // Always in the same order, so that two nodes never wait for each other.
        seen.sort_unstable();
        if let Err(error) = self.accounts.record_last_seen(&seen).await {
            tracing::warn!(%error, people = seen.len(), "last seen was not recorded");
        }
    }

    /// Reads the members of the watched rooms whose members changed. The hub knows of every change,
    /// whoever made it and on whichever node, because a watched room has a subscriber here.
    pub(super) async fn learn_members(&self) {
        let changed: Vec<Topic> = {
            let state = self.lock();
            let rooms = state
                .watched
                .iter()
                .filter(|(topic, room)| self.hub.members_version(**topic) > room.members_version());
            rooms.map(|(topic, _)| *topic).collect()
        };
        for topic in changed {
            match self.rooms.members_of(topic).await {
                Ok(Some((version, members))) => {
                    let mut state = self.lock();
                    let State { online, watched, .. } = &mut *state;
                    if let Some(room) = watched.get_mut(&topic) {
                        room.set_members(version, members, |user| online.contains_key(&user));
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "who is in a room could not be read; trying again");
                }
            }
        }
    }

    /// Tells the watchers of people who came and who went.
    pub(super) fn tell(&self) {
        let mut state = self.lock();
        let State { online, people, .. } = &mut *state;
        people.flush(|user| online.contains_key(&user), self.accounts.now());
    }

    /// Ends graces and tells watchers of rooms; answers who went offline.
    pub(super) fn flush(&self, now: Instant) -> Vec<UserId> {
        let mut state = self.lock();
        let State { online, watched, people } = &mut *state;
        let over = |since: &Option<Instant>| since.is_some_and(|at| now >= at + GRACE);
        let ended = online.iter().filter(|(_, since)| over(since)).map(|(user, _)| *user);
        let gone: Vec<UserId> = ended.filter(|user| !self.hub.is_connected(*user)).collect();
        for user in &gone {
            online.remove(user);
            people.has_changed(*user);
            watched.values_mut().for_each(|room| room.set_online(*user, false));
        }
        watched.values_mut().for_each(Watched::flush);
        gone
    }
}
