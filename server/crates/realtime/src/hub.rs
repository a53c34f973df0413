//! This node's sockets and what they are subscribed to.
//!
//! No lock is shared by all topics: each topic has its own, held while an envelope is handed to its
//! subscribers' queues and never across an await.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dashmap::DashMap;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::awake::Awake;
use crate::close::CloseReason;
use crate::envelope::{Envelope, MembershipChange, Topic};
use crate::outbox::{Outbox, Signal};
use crate::policy::HintPolicy;
use crate::room::{Next, Room};
use crate::unread::Unread;

/// Something that must be read from the database, because what this node has in memory may be old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// A topic's members; answer with [`Hub::set_members`].
    Members(Topic),
    /// A user, with their sessions and what they hide; answer with [`Hub::close_sessions`] and
    /// [`Hub::has_read_users`].
    User(i64),
    /// Anything: something was lost on its way here, and nobody knows what. Answered from
    /// [`Hub::reads_anything`] to [`Hub::has_read_anything`].
    Anything,
}

/// What the hub asks for.
pub type StaleParts = mpsc::UnboundedReceiver<Stale>;

/// How a subscription began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribe {
    /// Subscribed and behind, under this key.
    Behind(usize),
    /// The members changed since the subscriber looked: look again, then subscribe again.
    Stale,
}

/// This node's subscriptions.
#[derive(Debug)]
pub struct Hub {
    rooms: DashMap<Topic, Arc<Mutex<Room>>>,
    users: DashMap<i64, Vec<Arc<Outbox>>>,
    policy: Arc<dyn HintPolicy>,
    stale: mpsc::UnboundedSender<Stale>,
    user_changes: AtomicU64,
    unread: Unread,
    unheard: AtomicU64,
    /// Asked for, and not yet being answered.
    asks_for_anything: AtomicBool,
    /// Asked for, and not yet answered.
    misses_anything: AtomicBool,
    awake: Awake,
    /// Whether what comes too early is waited for.
    is_patient: AtomicBool,
    /// Topics of which something came too early, and since when.
    early: DashMap<Topic, Instant>,
}

/// How long what was sent before may come after what was sent later: several nodes write to one topic, and each
/// publishes what it has stored as soon as it can.
const PATIENCE: Duration = Duration::from_millis(250);

fn lock(room: &Mutex<Room>) -> MutexGuard<'_, Room> {
    // A panic while a room is locked cannot leave it unsound: cursors move after their frames.
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// An empty hub, and what it asks for.
    #[must_use]
    pub fn new(policy: Arc<dyn HintPolicy>) -> (Self, StaleParts) {
        #[allow(
            clippy::disallowed_methods,
            reason = "a room and the whole ask once until they are answered, a user once a change"
        )]
        let (stale, requests) = mpsc::unbounded_channel();
        let hub = Self {
            rooms: DashMap::new(),
            users: DashMap::new(),
            policy,
            stale,
            user_changes: AtomicU64::new(0),
            unread: Unread::default(),
            unheard: AtomicU64::new(0),
            asks_for_anything: AtomicBool::new(false),
            misses_anything: AtomicBool::new(false),
            awake: Awake::new(Instant::now()),
            is_patient: AtomicBool::new(false),
            early: DashMap::new(),
        };
        (hub, requests)
    }

    /// From now on events that come before the one in front of them wait for it a moment: for brokers that
    /// carry those of several nodes, who call [`Hub::tick`] every now and then.
    pub fn be_patient(&self) {
        self.is_patient.store(true, Ordering::Relaxed);
    }

    /// To be called many times a second: ends what was waited for, lets those go whose sessions could not be read
    /// since they changed, and answers whether this process stood still, so that it may have missed something.
    pub fn tick(&self, now: Instant) -> bool {
        let stood_still = !self.awake.is_awake(now);
        if stood_still {
            self.may_have_missed();
        }
        // Only now: whoever asks in between finds that nothing is known yet.
        self.awake.tick(now);
        for user_id in self.unread.take_overdue(now) {
            if let Some(sockets) = self.users.get(&user_id) {
                sockets.iter().for_each(|outbox| outbox.close(CloseReason::Unverified));
            }
        }
        self.end_waits(now);
        stood_still
    }

    /// What was waited for long enough is missing.
    pub fn end_waits(&self, now: Instant) {
        let is_over = |since: &Instant| now.saturating_duration_since(*since) >= PATIENCE;
        let over: Vec<_> =
            self.early.iter().filter(|it| is_over(it.value())).map(|it| *it.key()).collect();
        for topic in over {
            self.early.remove(&topic);
            if let Some(room) = self.room(topic) {
                lock(&room).end_wait();
            }
        }
    }

    /// A socket is here; `true` when it is the user's first on this node.
    pub fn connect(&self, outbox: &Arc<Outbox>) -> bool {
        let mut sockets = self.users.entry(outbox.user_id).or_default();
        sockets.push(outbox.clone());
        sockets.len() == 1
    }

    /// A socket is gone; `true` when it was the user's last on this node.
    pub fn disconnect(&self, outbox: &Outbox) -> bool {
        let gone = self.users.remove_if_mut(&outbox.user_id, |_, sockets| {
            sockets.retain(|other| other.id != outbox.id);
            sockets.is_empty()
        });
        gone.is_some()
    }

    /// Ends every socket on this node.
    pub fn close_all(&self, reason: CloseReason) {
        for sockets in &self.users {
            sockets.iter().for_each(|outbox| outbox.close(reason));
        }
    }

    /// Whether the user has a socket on this node.
    #[must_use]
    pub fn is_connected(&self, user_id: i64) -> bool {
        self.users.contains_key(&user_id)
    }

    /// How many sockets the user has on this node.
    #[must_use]
    pub fn socket_count(&self, user_id: i64) -> usize {
        self.users.get(&user_id).map_or(0, |sockets| sockets.len())
    }

    /// How many sockets there are on this node.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.users.iter().map(|sockets| sockets.len()).sum()
    }

    /// How many sockets are subscribed to a topic on this node.
    #[must_use]
    pub fn subscriber_count(&self, topic: Topic) -> usize {
        self.room(topic).map_or(0, |room| lock(&room).subscriber_count())
    }

    /// The users who are subscribed to a topic on this node.
    #[must_use]
    pub fn subscribed_users(&self, topic: Topic) -> HashSet<i64> {
        self.room(topic).map(|room| lock(&room).users()).unwrap_or_default()
    }

    /// Whether one of these users is subscribed to a topic on this node.
    #[must_use]
    pub fn has_subscriber_among(&self, topic: Topic, users: &HashSet<i64>) -> bool {
        self.room(topic).is_some_and(|room| lock(&room).has_user_among(users))
    }

    /// The version of a topic's members as far as it is known here; `None` when nobody on this node
    /// is subscribed.
    #[must_use]
    pub fn members_version(&self, topic: Topic) -> Option<i64> {
        self.room(topic).map(|room| lock(&room).members_version())
    }

    fn room(&self, topic: Topic) -> Option<Arc<Mutex<Room>>> {
        self.rooms.get(&topic).map(|room| room.clone())
    }

    /// The room, for something that is told; where there is none, that is counted.
    fn room_that_hears(&self, topic: Topic) -> Option<Arc<Mutex<Room>>> {
        self.room(topic).or_else(|| {
            // Counted before looking again: who is just subscribing is found, or finds this counted.
            self.unheard.fetch_add(1, Ordering::SeqCst);
            self.room(topic)
        })
    }

    /// Subscribes a socket, behind, at a cursor that was read before this call. What is committed after
    /// this call is sure to arrive; of what was committed between the two nothing may be known here,
    /// for a topic is forgotten with its last subscriber. So the subscription stays behind until its
    /// cursor was compared with the topic's head: by [`Hub::go_live_at_known_head`] where that is
    /// known, else by reading anew and [`Hub::go_live`]. `members_version` is the version under which
    /// the caller saw that the user may read.
    pub fn subscribe(
        &self,
        topic: Topic,
        outbox: &Arc<Outbox>,
        cursor: i64,
        members_version: i64,
    ) -> Subscribe {
        // The map's entry stays locked, so that the room cannot be dropped in between as unused.
        let room = self.rooms.entry(topic).or_insert_with(|| {
            let is_patient = self.is_patient.load(Ordering::Relaxed);
            Arc::new(Mutex::new(Room::new(topic, members_version, self.policy.clone(), is_patient)))
        });
        let subscribed = lock(&room).subscribe(outbox.clone(), cursor, members_version);
        let Some((key, next)) = subscribed else { return Subscribe::Stale };
        self.after(topic, &next);
        Subscribe::Behind(key)
    }

    /// Ends a subscription; `true` when it was the last of its topic on this node.
    pub fn unsubscribe(&self, topic: Topic, key: usize, outbox: &Outbox) -> bool {
        let dropped = self.rooms.remove_if(&topic, |_, room| {
            let mut room = lock(room);
            room.unsubscribe(key, outbox);
            let is_unused = room.is_unused();
            if is_unused {
                // What it heard is forgotten with it. Counted before another can take its place.
                self.unheard.fetch_add(1, Ordering::SeqCst);
            }
            is_unused
        });
        // Whoever came by what still waits there has nobody else to be told by.
        let Some((_, room)) = dropped else { return false };
        let joined = lock(&room).pending_joiners();
        joined.iter().for_each(|user| self.signal_user(*user, Signal::Added(topic)));
        true
    }

    /// How often something came, or may have, for a topic that nobody here was subscribed to. Where the
    /// broker loses nothing, what was read of a topic before [`Hub::subscribe`] is still its head if this
    /// is the same before the reading and after the call, and may be told to [`Hub::note_head`].
    #[must_use]
    pub fn unheard(&self) -> u64 {
        self.unheard.load(Ordering::SeqCst)
    }

    /// Makes a subscription live at the cursor with which it subscribed, and hands over what was
    /// published since; `false` when the head is not known here or there is more to read from the
    /// database first.
    #[must_use]
    pub fn go_live_at_known_head(
        &self,
        topic: Topic,
        key: usize,
        outbox: &Outbox,
        cursor: i64,
    ) -> bool {
        self.room(topic).is_some_and(|room| {
            let mut room = lock(&room);
            room.head().is_some() && room.go_live(key, outbox, cursor)
        })
    }

    /// The topics that somebody on this node is subscribed to.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        self.rooms.iter().map(|room| *room.key()).collect()
    }

    /// Whether somebody on this node is subscribed to a topic, or is the user whose it is.
    #[must_use]
    pub fn is_subscribed(&self, topic: Topic) -> bool {
        topic.user().map_or_else(|| self.rooms.contains_key(&topic), |id| self.is_connected(id))
    }

    /// The queues of all sockets on this node.
    #[must_use]
    pub fn outboxes(&self) -> Vec<Arc<Outbox>> {
        self.users.iter().flat_map(|sockets| sockets.clone()).collect()
    }

    /// Everybody who has a socket on this node.
    #[must_use]
    pub fn connected(&self) -> Vec<i64> {
        self.users.iter().map(|sockets| *sockets.key()).collect()
    }

    /// The sessions of a user's sockets on this node.
    #[must_use]
    pub fn sessions_of(&self, user_id: i64) -> HashSet<Uuid> {
        let of = |sockets: &Vec<Arc<Outbox>>| sockets.iter().map(|it| it.session_id).collect();
        self.users.get(&user_id).map_or_else(HashSet::new, |sockets| of(&sockets))
    }

    /// Ends a user's sockets of these sessions.
    pub fn close_sessions(&self, user_id: i64, sessions: &HashSet<Uuid>, reason: CloseReason) {
        if let Some(sockets) = self.users.get(&user_id) {
            let meant = sockets.iter().filter(|outbox| sessions.contains(&outbox.session_id));
            meant.for_each(|outbox| outbox.close(reason));
        }
    }

    /// How often this node heard, or may have missed, that a user changed. What was read of a user before
    /// a socket of theirs was connected holds if this is the same before the reading and after
    /// [`Hub::connect`]: whatever comes later finds the socket here.
    #[must_use]
    pub fn user_changes(&self) -> u64 {
        self.user_changes.load(Ordering::SeqCst)
    }

    /// The broker lost something: all that this node has in memory may be old.
    pub fn may_have_missed(&self) {
        self.user_changes.fetch_add(1, Ordering::SeqCst);
        self.misses_anything.store(true, Ordering::SeqCst);
        if !self.asks_for_anything.swap(true, Ordering::SeqCst) {
            self.ask(Stale::Anything);
        }
    }

    /// Everything is read anew from now on: what is missed after this is asked for again.
    pub fn reads_anything(&self) {
        self.asks_for_anything.store(false, Ordering::SeqCst);
    }

    /// Everything was read that was asked for before [`Hub::reads_anything`].
    pub fn has_read_anything(&self) {
        // Whoever asks says first that something is missed.
        self.misses_anything.store(false, Ordering::SeqCst);
        if self.asks_for_anything.load(Ordering::SeqCst) {
            self.misses_anything.store(true, Ordering::SeqCst);
        }
    }

    /// A user, or everybody, was read from a moment on, and sessions that had ended were closed.
    pub fn has_read_users(&self, user_id: Option<i64>, begun: Instant) {
        self.unread.read(user_id, begun);
    }

    /// Whether this process is awake, whatever it may have missed.
    #[must_use]
    pub fn is_awake(&self, now: Instant) -> bool {
        !self.is_patient.load(Ordering::Relaxed) || self.awake.is_awake(now)
    }

    /// Whether sockets may be told and asked: not while this process may have missed that they have no right to be
    /// here. On a node that is alone they always may.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.is_patient.load(Ordering::Relaxed)
            || (!self.misses_anything.load(Ordering::SeqCst) && self.awake.is_awake(Instant::now()))
    }

    fn ask(&self, stale: Stale) {
        if self.stale.send(stale).is_err() {
            tracing::debug!(?stale, "nobody reads anew any more: the server is stopping");
        }
    }

    /// Somebody may read a topic, as the database says: their sockets look whether they do.
    pub fn may_read(&self, user_id: i64, topic: Topic) {
        self.signal_user(user_id, Signal::Added(topic));
    }

    /// The topic's head and the version of its members as read from the database. Whoever was not given
    /// everything up to that falls behind, so a lost last event of a quiet topic is found by this.
    pub fn note_head(&self, topic: Topic, last: i64, members_version: i64) {
        let Some(room) = self.room_that_hears(topic) else { return };
        let next = lock(&room).note_head(last, members_version);
        self.after(topic, &next);
    }

    /// The greatest number that is known to be stored; `None` when that is not known here.
    #[must_use]
    pub fn head(&self, topic: Topic) -> Option<i64> {
        lock(&*self.room(topic)?).head()
    }

    /// Takes a topic back to a number, because the database has nothing above it though that was
    /// published: whoever was given more falls behind and reads what there is.
    pub fn rewind(&self, topic: Topic, last: i64) {
        if let Some(room) = self.room(topic) {
            lock(&room).rewind(last);
        }
    }

    /// Makes a subscription live that has read everything up to `cursor` after it subscribed and
    /// found no more, and hands over what was published since; `false` when there is more to read
    /// from the database first. `members_version` is the version under which it read: who subscribed with
    /// an older one may have left before anybody here could be told.
    #[must_use]
    pub fn go_live(
        &self,
        topic: Topic,
        key: usize,
        outbox: &Outbox,
        cursor: i64,
        members_version: i64,
    ) -> bool {
        let Some(room) = self.room(topic) else { return false };
        let (is_live, next) = {
            let mut room = lock(&room);
            (room.go_live(key, outbox, cursor), room.note_version(members_version))
        };
        self.after(topic, &next);
        is_live
    }

    /// Serves a subscription that is behind, at `cursor`, from memory and makes it live; what does
    /// not fit into the queue comes after another [`Signal::Behind`]. `false` when not everything
    /// after the cursor is in memory: it must be read from the database.
    #[must_use]
    pub fn hand_over(&self, topic: Topic, key: usize, outbox: &Outbox, cursor: i64) -> bool {
        self.room(topic).is_some_and(|room| lock(&room).hand_over(key, outbox, cursor))
    }

    /// The last number that a subscription was given; `None` when it is gone.
    #[must_use]
    pub fn cursor(&self, topic: Topic, key: usize, outbox: &Outbox) -> Option<i64> {
        let room = self.room(topic)?;
        lock(&room).cursor(key, outbox)
    }

    /// Stops live delivery to a subscription, which will read from a cursor of its own choice.
    pub fn fall_behind(&self, topic: Topic, key: usize, outbox: &Outbox) {
        if let Some(room) = self.room(topic) {
            lock(&room).fall_behind(key, outbox);
        }
    }

    /// The members of a topic as the database has them: others lose their subscription, members who
    /// have sockets here are told to subscribe.
    pub fn set_members(&self, topic: Topic, version: i64, members: &HashSet<i64>) {
        let Some(room) = self.room(topic) else { return };
        let (next, subscribed) = {
            let mut room = lock(&room);
            let next = room.set_members(version, members);
            (next, room.users())
        };
        for user_id in members.difference(&subscribed) {
            self.signal_user(*user_id, Signal::Added(topic));
        }
        self.after(topic, &next);
    }

    /// Hands an envelope to the queues of the sockets that shall have it. Never waits.
    pub fn deliver(&self, envelope: Envelope) {
        match &envelope {
            Envelope::Events { topic, .. }
            | Envelope::Head { topic, .. }
            | Envelope::Hint { topic, .. }
            | Envelope::State { topic, .. } => {
                self.deliver_to_room(*topic, envelope);
            }
            Envelope::Membership { topic, user_id, change, .. } => {
                let (topic, user_id, change) = (*topic, *user_id, *change);
                let is_known_here = self.deliver_to_room(topic, envelope);
                if !is_known_here && change == MembershipChange::Joined {
                    self.signal_user(user_id, Signal::Added(topic));
                }
            }
            Envelope::User { topic, user_id, frame } => {
                if let Some(sockets) = self.users.get(user_id) {
                    let meant = |outbox: &&Arc<Outbox>| {
                        topic.is_none() || outbox.only.is_none() || outbox.only == *topic
                    };
                    sockets.iter().filter(meant).for_each(|outbox| outbox.push_state(frame));
                }
            }
            Envelope::Everyone { frame } => {
                for sockets in &self.users {
                    sockets.iter().for_each(|outbox| outbox.push_state(frame));
                }
            }
            Envelope::UserChanged { user_id } => {
                self.user_changes.fetch_add(1, Ordering::SeqCst);
                if self.users.contains_key(user_id) {
                    self.unread.changed(*user_id, Instant::now());
                }
                self.ask(Stale::User(*user_id));
            }
        }
    }

    /// Whether the room is known here.
    fn deliver_to_room(&self, topic: Topic, envelope: Envelope) -> bool {
        let Some(room) = self.room_that_hears(topic) else { return false };
        let next = lock(&room).accept(envelope);
        self.after(topic, &next);
        true
    }

    fn signal_user(&self, user_id: i64, signal: Signal) {
        if let Some(sockets) = self.users.get(&user_id) {
            sockets.iter().for_each(|outbox| outbox.signal(signal));
        }
    }

    fn after(&self, topic: Topic, next: &Next) {
        next.joined.iter().for_each(|user| self.signal_user(*user, Signal::Added(topic)));
        if next.reload {
            self.ask(Stale::Members(topic));
        }
        if next.waits {
            self.early.entry(topic).or_insert_with(Instant::now);
        }
    }
}
