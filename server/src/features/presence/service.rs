//! Keeps who and which rooms are watched, and tells the watchers who comes and who goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adda_protocol::UserId;
use adda_protocol::event::{PersonPresence, ServerFrame};
use adda_realtime::{Broker, Envelope, Hub, Outbox, Topic};
use bytes::Bytes;
use tokio::time::{Instant, MissedTickBehavior};

use super::arrivals::Arrivals;
use super::people::People;
use super::sightings::{LOOK, RECORD_UNHEARD, Sightings};
use super::watched::Watched;
use crate::failures::LogThrottle;
use crate::features::accounts::{AccountError, Accounts, Online, TYPING};
use crate::features::rooms::{RoomError, RoomRef, Rooms};

/// How often watchers are told.
pub(super) const FLUSH: Duration = Duration::from_secs(2);
/// So often everybody who is online is written down as seen: with a round that is late, and the time
/// to write, within half a minute.
pub(super) const RECORD: Duration = Duration::from_secs(24);

/// Whoever was written down within this time is online, by clocks that agree.
const LATELY_MS: i64 = 30_000;

static UNWRITTEN: LogThrottle = LogThrottle::new();

#[derive(Debug, Default)]
struct State {
    watched: HashMap<Topic, Watched>,
    people: People,
}

impl State {
    /// Somebody came, went, or shows otherwise than before whether they are here.
    fn has_changed(&mut self, user: UserId, people: &Online) {
        self.people.has_changed(user);
        let shown = people.shows(user);
        self.watched.values_mut().for_each(|room| room.set_online(user, shown));
    }
}

/// The people of servers that are not heard.
#[derive(Debug, Default)]
struct Unheard {
    sightings: Sightings,
    /// When they were looked for; nothing while all servers are heard.
    looked: Option<Instant>,
    /// All servers were heard once: who is online was known when that ended.
    has_known: bool,
}

#[derive(Debug)]
pub(crate) struct Presence {
    accounts: Arc<Accounts>,
    rooms: Arc<Rooms>,
    online: Arc<Online>,
    hub: Arc<Hub>,
    broker: Arc<dyn Broker>,
    state: Mutex<State>,
    arrivals: Arrivals,
    unheard: Mutex<Unheard>,
}

impl Presence {
    /// The service on its parts; [`Presence::run`] drives it.
    #[must_use]
    pub(crate) fn new(
        accounts: Arc<Accounts>,
        rooms: Arc<Rooms>,
        online: Arc<Online>,
        hub: Arc<Hub>,
        broker: Arc<dyn Broker>,
    ) -> Self {
        let (state, arrivals, unheard) = (Mutex::default(), Arrivals::new(), Mutex::default());
        Self { accounts, rooms, online, hub, broker, state, arrivals, unheard }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_unheard(&self) -> MutexGuard<'_, Unheard> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device of the user connected.
    pub(crate) fn connected(&self, user: UserId) {
        if self.online.connected(user) {
            self.lock().has_changed(user, &self.online);
            self.arrivals.add(user);
        }
    }

    /// Waits until it is written down that somebody came, so that a crash from now on finds them
    /// seen. Not for long: a database that is slow or away keeps nobody out.
    pub(crate) async fn written_down(&self, user: UserId) {
        self.arrivals.written(user).await;
    }

    /// The user's last device went; the grace begins.
    pub(crate) fn disconnected(&self, user: UserId) {
        self.online.disconnected(user);
    }

    /// Begins to watch people. Answers who of them is online, as their watchers were told last.
    pub(crate) fn watch(&self, users: &[UserId], outbox: &Arc<Outbox>) -> Vec<(UserId, bool)> {
        let mut state = self.lock();
        let watch = |user: &UserId| {
            let told = state.people.watch(*user, self.online.shows(*user), outbox);
            (*user, told && self.online.is_visible(*user, outbox.user_id))
        };
        users.iter().map(watch).collect()
    }

    /// Ends watching people.
    pub(crate) fn unwatch(&self, users: &[UserId], outbox: &Outbox) {
        if users.is_empty() {
            return;
        }
        let mut state = self.lock();
        users.iter().for_each(|user| state.people.unwatch(*user, outbox.id));
    }

    /// Begins to watch people: the frames that say how it is now.
    ///
    /// # Errors
    /// The database cannot say who was last seen when.
    pub(super) async fn tell_of(
        &self,
        users: &[UserId],
        outbox: &Arc<Outbox>,
    ) -> Result<Vec<String>, AccountError> {
        let states = self.watch(users, outbox);
        let away = states.iter().filter(|(_, online)| !online);
        let away: Vec<_> = away.map(|(user, _)| *user).collect();
        let seen = self.accounts.last_seen(outbox.user_id, &away).await?;
        let frame = |(user_id, online): (UserId, bool)| {
            let last_seen_at = seen.get(&user_id).copied();
            ServerFrame::Presence(PersonPresence { user_id, online, last_seen_at }).encode()
        };
        Ok(states.into_iter().map(frame).collect())
    }

    /// Begins to watch a room. Answers the snapshot for this watcher.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn open(
        &self,
        room: &RoomRef,
        outbox: &Arc<Outbox>,
    ) -> Result<Bytes, RoomError> {
        let topic = room.topic();
        if let Some(room) = self.lock().watched.get_mut(&topic) {
            return Ok(room.watch(outbox, &self.online));
        }
        let members = self.rooms.members_of(topic).await?;
        let mut state = self.lock();
        let entry = state.watched.entry(topic).or_insert_with(|| Watched::new(room.name.clone()));
        if let Some((version, members)) = members {
            entry.set_members(version, members, |user| self.online.shows(user));
        }
        Ok(entry.watch(outbox, &self.online))
    }

    /// Ends watching a room.
    pub(crate) fn close(&self, topic: Topic, outbox: &Outbox) {
        let mut state = self.lock();
        if let Some(room) = state.watched.get_mut(&topic) {
            room.unwatch(outbox.id);
            if room.is_unwatched() {
                state.watched.remove(&topic);
            }
        }
    }

    /// Hands a typing notice to the room's others. It may be lost.
    pub(super) fn hint(&self, topic: Topic, members_version: i64, from: UserId, frame: Bytes) {
        let kind = TYPING;
        self.broker.publish(Envelope::Hint { topic, members_version, from, kind, frame });
    }

    /// Writes down who comes, follows members, ends graces and tells watchers; for ever.
    pub(crate) async fn run(self: Arc<Self>) {
        tokio::join!(self.write_arrivals(), self.rounds());
    }

    pub(super) async fn write_arrivals(&self) {
        loop {
            let came = self.arrivals.next().await;
            // Who could not be written is, with everybody, in a while.
            self.record(came).await;
            self.arrivals.are_written();
        }
    }

    async fn rounds(&self) {
        let mut tick = tokio::time::interval(FLUSH);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut recorded = Instant::now();
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                changed = self.online.privacy().changed() => {
                    self.decided_anew(&changed).await;
                    continue;
                }
            }
            let now = Instant::now();
            let is_known = self.broker.knows_who_is_online();
            let is_due = now >= recorded + if is_known { RECORD } else { RECORD_UNHEARD };
            if self.round(now, is_due).await && is_due {
                recorded = now;
            }
        }
    }

    /// One round: who went, who came, who is in the rooms. Writes down who went as seen now, and now
    /// and then everybody who is here; answers whether that could be written.
    pub(super) async fn round(&self, now: Instant, records_everybody: bool) -> bool {
        self.learn_members().await;
        self.look_for_unheard(now).await;
        let mut seen = self.flush(now);
        if records_everybody {
            seen.extend(self.online.here());
        }
        let is_written = self.record(seen).await;
        // Whoever is told of somebody who went finds them written down.
        self.tell();
        is_written
    }

    /// Finds in the database who is online on servers that are not heard.
    async fn look_for_unheard(&self, now: Instant) {
        if self.broker.knows_who_is_online() {
            let mut unheard = self.lock_unheard();
            unheard.has_known = true;
            if unheard.looked.take().is_some() {
                unheard.sightings.forget();
                self.online.are_unheard([]);
            }
            return;
        }
        if self.lock_unheard().looked.is_some_and(|looked| now < looked + LOOK) {
            return;
        }
        match self.accounts.seen_lately().await {
            Ok(rows) => {
                let mut unheard = self.lock_unheard();
                unheard.looked = Some(now);
                let is_known = |user| self.online.is_known(user);
                // Who begins without the others goes by this server's clock once.
                let lately =
                    if unheard.has_known { i64::MAX } else { self.accounts.now().0 - LATELY_MS };
                self.online.are_unheard(unheard.sightings.note(rows, is_known, lately, now));
            }
            Err(error) => tracing::warn!(%error, "who is online elsewhere could not be read"),
        }
    }

    /// Writes down that everybody who is online was seen, before the server stops.
    pub(crate) async fn record_everybody(&self) {
        self.record(self.online.here()).await;
    }

    async fn record(&self, mut seen: Vec<UserId>) -> bool {
        if seen.is_empty() {
            return true;
        }
        // Always in the same order, so that two nodes never wait for each other.
        seen.sort_unstable();
        let written = self.accounts.record_last_seen(&seen).await;
        if let Err(error) = &written
            && let Some(suppressed) = UNWRITTEN.is_due()
        {
            tracing::warn!(%error, people = seen.len(), suppressed, "last seen was not recorded");
        }
        written.is_ok()
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
                    if let Some(room) = self.lock().watched.get_mut(&topic) {
                        room.set_members(version, members, |user| self.online.shows(user));
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
        self.lock().people.flush(&self.online, self.accounts.now());
    }

    /// People hide something else than before: whoever looks at them is told, and they
    /// are told anew of whom they look at.
    pub(super) async fn decided_anew(&self, changed: &[UserId]) {
        let mut viewers = Vec::new();
        {
            let mut state = self.lock();
            for user in changed {
                state.has_changed(*user, &self.online);
            }
            state.watched.values_mut().for_each(|room| room.flush(&self.online));
            for user in changed {
                for room in state.watched.values() {
                    let snapshot = room.snapshot(*user, &self.online);
                    room.sockets_of(*user).for_each(|outbox| outbox.push_hint(&snapshot));
                }
                viewers.extend(state.people.watched_by(*user));
            }
        }
        self.tell();
        for (outbox, users) in viewers {
            match self.tell_of(&users, &outbox).await {
                Ok(frames) => {
                    frames.iter().for_each(|json| outbox.push_hint(&adda_websocket::text(json)));
                }
                Err(error) => tracing::warn!(%error, "who is online could not be told anew"),
            }
        }
    }

    /// Ends graces and tells watchers of rooms; answers who left this node.
    pub(super) fn flush(&self, now: Instant) -> Vec<UserId> {
        let mut state = self.lock();
        let gone = self.online.end_graces(now);
        let elsewhere = self.online.changed_elsewhere();
        let changed = gone.iter().chain(&elsewhere);
        changed.for_each(|user| state.has_changed(*user, &self.online));
        state.watched.values_mut().for_each(|room| room.flush(&self.online));
        gone
    }

    /// How often those who came were written down.
    #[cfg(test)]
    pub(super) fn times_written(&self) -> u64 {
        self.arrivals.times()
    }
}
