//! One topic on this node: who is subscribed, how far each one is, and the order of what arrives.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use slab::Slab;

use crate::early::Early;
use crate::envelope::{Envelope, Frames, MembershipChange, Topic};
use crate::outbox::{Outbox, Signal};
use crate::policy::HintPolicy;
use crate::recent::Recent;

/// Envelopes that wait for the members to be reloaded; beyond it all subscribers fall behind.
const MOST_PENDING: usize = 1_024;

#[derive(Debug)]
struct Subscriber {
    outbox: Arc<Outbox>,
    /// The last number that this socket has been given.
    cursor: i64,
    live: bool,
}

/// What the hub must do after something arrived, once the room's lock is released.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Next {
    /// The members must be read from the database.
    pub(crate) reload: bool,
    /// Who came. They are told only when the change takes effect here: an earlier one that waited
    /// with it may have removed them.
    pub(crate) joined: Vec<i64>,
    /// Something came too early, and is waited for no longer than a moment.
    pub(crate) waits: bool,
}

impl Next {
    fn and(mut self, other: Self) -> Self {
        self.reload |= other.reload;
        self.waits |= other.waits;
        self.joined.extend(other.joined);
        self
    }
}

/// Who comes by an envelope.
fn joiner(envelope: &Envelope) -> Option<i64> {
    match envelope {
        Envelope::Membership { user_id, change: MembershipChange::Joined, .. } => Some(*user_id),
        _ => None,
    }
}

/// The number that an envelope says is reached.
fn last_number(envelope: &Envelope) -> Option<i64> {
    match envelope {
        Envelope::Events { first, frames, .. } => {
            i64::try_from(frames.len()).ok().map(|count| first + count - 1)
        }
        Envelope::Head { last, .. } => Some(*last),
        _ => None,
    }
}

/// A topic's state, always behind one lock.
#[derive(Debug)]
pub(crate) struct Room {
    topic: Topic,
    policy: Arc<dyn HintPolicy>,
    /// The greatest number that was published here, or read from the database since somebody is
    /// subscribed; unknown at first. Whatever is committed above it will arrive here.
    head: Option<i64>,
    /// The version of the members that `subscribers` were checked against.
    members_version: i64,
    subscribers: Slab<Subscriber>,
    /// The last events that were published here, as far back as is worth keeping.
    recent: Recent,
    /// What arrived under a newer version of the members than is known here.
    pending: VecDeque<Envelope>,
    reloading: bool,
    /// What came before the events in front of it, where these may be on their way.
    early: Option<Early>,
}

impl Room {
    pub(crate) fn new(
        topic: Topic,
        members_version: i64,
        policy: Arc<dyn HintPolicy>,
        is_patient: bool,
    ) -> Self {
        Self {
            topic,
            policy,
            head: None,
            members_version,
            subscribers: Slab::new(),
            recent: Recent::default(),
            pending: VecDeque::new(),
            reloading: false,
            early: is_patient.then(Early::default),
        }
    }

    pub(crate) fn is_unused(&self) -> bool {
        self.subscribers.is_empty()
    }

    /// Who comes by changes that wait for earlier ones to be known.
    pub(crate) fn pending_joiners(&self) -> Vec<i64> {
        self.pending.iter().filter_map(joiner).collect()
    }

    pub(crate) fn head(&self) -> Option<i64> {
        self.head
    }

    fn reach(&mut self, number: i64) {
        self.head = self.head.max(Some(number));
    }

    /// What the database has. Whoever was not given everything up to its head falls behind.
    pub(crate) fn note_head(&mut self, last: i64, members_version: i64) -> Next {
        let mut waits = false;
        match (self.head, &mut self.early) {
            (None, _) => self.head = Some(last),
            // What is stored may be on its way.
            (Some(head), Some(early)) if head < last => {
                early.note(last);
                waits = true;
            }
            _ => self.miss(last),
        }
        Next { waits, ..self.note_version(members_version) }
    }

    /// What came too early, or was noted, was waited for long enough.
    pub(crate) fn end_wait(&mut self) {
        let Some(early) = &mut self.early else { return };
        let (batches, noted) = early.take();
        for (first, frames) in batches {
            self.deliver_events(first, &frames);
        }
        if let Some(last) = noted {
            self.miss(last);
        }
    }

    /// The version of the members that the database had.
    pub(crate) fn note_version(&mut self, members_version: i64) -> Next {
        if members_version > self.members_version { self.reload() } else { Next::default() }
    }

    /// Events up to here are stored.
    fn miss(&mut self, last: i64) {
        self.reach(last);
        self.fall_behind_where(|cursor| cursor < last);
    }

    /// Takes back what was published but is not stored.
    pub(crate) fn rewind(&mut self, last: i64) {
        self.head = Some(last);
        self.recent.clear();
        self.fall_behind_where(|cursor| cursor > last);
    }

    /// Live subscribers whose cursor is such read from the database next.
    fn fall_behind_where(&mut self, is_such: impl Fn(i64) -> bool) {
        let topic = self.topic;
        for (_, subscriber) in &mut self.subscribers {
            if subscriber.live && is_such(subscriber.cursor) {
                subscriber.live = false;
                subscriber.outbox.signal(Signal::Behind(topic));
            }
        }
    }

    pub(crate) fn members_version(&self) -> i64 {
        self.members_version
    }

    /// Adds a subscriber that is behind. `None` when what the subscriber knows of the members is
    /// older than what is known here: it must look again whether it may read.
    pub(crate) fn subscribe(
        &mut self,
        outbox: Arc<Outbox>,
        cursor: i64,
        members_version: i64,
    ) -> Option<(usize, Next)> {
        if members_version < self.members_version {
            return None;
        }
        let mut next = Next::default();
        if self.subscribers.is_empty() {
            // Nobody was checked against the older version, so there is nobody to check again.
            self.members_version = members_version;
        } else if members_version > self.members_version {
            // Whoever is here looked before somebody came or went, and perhaps it was they.
            next = self.reload();
        }
        Some((self.subscribers.insert(Subscriber { outbox, cursor, live: false }), next))
    }

    pub(crate) fn unsubscribe(&mut self, key: usize, outbox: &Outbox) {
        if self.subscribers.get(key).is_some_and(|s| s.outbox.id == outbox.id) {
            self.subscribers.remove(key);
        }
    }

    /// Makes a subscriber live that has read everything up to `cursor` and found no more, and hands
    /// over what was published since. `false` when that is no longer in memory and must be read
    /// from the database first, or when the subscription is gone.
    pub(crate) fn go_live(&mut self, key: usize, outbox: &Outbox, cursor: i64) -> bool {
        if self.head.is_some_and(|head| cursor < head) {
            return self.hand_over(key, outbox, cursor);
        }
        self.reach(cursor);
        let subscriber = self.subscribers.get_mut(key).filter(|s| s.outbox.id == outbox.id);
        let Some(subscriber) = subscriber else { return false };
        if !subscriber.live {
            subscriber.cursor = cursor;
            subscriber.live = true;
        }
        true
    }

    /// Hands over what came after `cursor`, and makes the subscriber live, if all of it is in
    /// memory. What does not fit into the queue comes after another [`Signal::Behind`].
    pub(crate) fn hand_over(&mut self, key: usize, outbox: &Outbox, cursor: i64) -> bool {
        let topic = self.topic;
        let subscriber = self.subscribers.get_mut(key).filter(|s| s.outbox.id == outbox.id);
        let Some(subscriber) = subscriber else { return false };
        if subscriber.live {
            return true;
        }
        // Somebody may have read what was not published here yet, or never will be: until it is, what is
        // kept leads nowhere.
        if self.recent.last() != self.head {
            return false;
        }
        let Some(missed) = self.recent.after(cursor) else { return false };
        subscriber.cursor = cursor;
        for (frames, from, last) in missed {
            if !subscriber.outbox.push_frames(frames, from) {
                subscriber.outbox.signal(Signal::Behind(topic));
                return true;
            }
            subscriber.cursor = last;
        }
        subscriber.live = true;
        true
    }

    pub(crate) fn cursor(&self, key: usize, outbox: &Outbox) -> Option<i64> {
        let subscriber = self.subscribers.get(key).filter(|s| s.outbox.id == outbox.id);
        subscriber.map(|subscriber| subscriber.cursor)
    }

    /// Stops live delivery to a subscriber that wants to read from an earlier number.
    pub(crate) fn fall_behind(&mut self, key: usize, outbox: &Outbox) {
        if let Some(s) = self.subscribers.get_mut(key).filter(|s| s.outbox.id == outbox.id) {
            s.live = false;
        }
    }

    pub(crate) fn subscriber_count(&self) -> usize {
        self.subscribers.len()
    }

    pub(crate) fn users(&self) -> HashSet<i64> {
        self.subscribers.iter().map(|(_, s)| s.outbox.user_id).collect()
    }

    pub(crate) fn has_user_among(&self, users: &HashSet<i64>) -> bool {
        self.subscribers.iter().any(|(_, s)| users.contains(&s.outbox.user_id))
    }

    /// Takes an envelope of this topic: delivers it, or keeps it until the members are known.
    pub(crate) fn accept(&mut self, envelope: Envelope) -> Next {
        let version = match &envelope {
            Envelope::Events { members_version, .. }
            | Envelope::Head { members_version, .. }
            | Envelope::Hint { members_version, .. }
            | Envelope::State { members_version, .. } => *members_version,
            // The change that made the next version brings no news but itself.
            Envelope::Membership { members_version, .. } => *members_version - 1,
            _ => return Next::default(),
        };
        if version <= self.members_version {
            let joined = joiner(&envelope).into_iter().collect();
            let waits = self.apply(envelope);
            return Next { reload: false, joined, waits }.and(self.flush());
        }
        if self.pending.len() >= MOST_PENDING {
            // Reading again checks each person's membership, so this is safe, only slower. What is
            // thrown away counts as published: nobody goes live without having read it.
            let last = self.pending.iter().chain([&envelope]).filter_map(last_number).max();
            if let Some(last) = last {
                self.reach(last);
            }
            self.recent.clear();
            self.pending.clear();
            self.fall_behind_where(|_| true);
        } else {
            self.pending.push_back(envelope);
        }
        self.reload()
    }

    fn reload(&mut self) -> Next {
        let reload = !std::mem::replace(&mut self.reloading, true);
        Next { reload, ..Next::default() }
    }

    /// Delivers what waited for a version that is now known.
    fn flush(&mut self) -> Next {
        let waiting = std::mem::take(&mut self.pending);
        waiting.into_iter().fold(Next::default(), |next, envelope| next.and(self.accept(envelope)))
    }

    /// The members as the database has them.
    pub(crate) fn set_members(&mut self, version: i64, members: &HashSet<i64>) -> Next {
        self.reloading = false;
        if version > self.members_version {
            self.members_version = version;
            self.retain(|user_id| members.contains(&user_id));
        }
        self.flush()
    }

    fn retain(&mut self, may_read: impl Fn(i64) -> bool) {
        let topic = self.topic;
        self.subscribers.retain(|_, subscriber| {
            let keep = may_read(subscriber.outbox.user_id);
            if !keep {
                subscriber.outbox.signal(Signal::Removed(topic));
            }
            keep
        });
    }

    /// Whether it came too early, and waits.
    fn apply(&mut self, envelope: Envelope) -> bool {
        match envelope {
            Envelope::Events { first, frames, .. } => return self.apply_events(first, frames),
            Envelope::Head { last, .. } => self.miss(last),
            Envelope::Hint { from, kind, frame, .. } => {
                let hidden = self.policy.hidden_from(kind, from);
                let is_meant = |user: i64| user != from && !hidden.is_from(user);
                for (_, s) in self.subscribers.iter().filter(|(_, s)| s.live) {
                    if is_meant(s.outbox.user_id) {
                        s.outbox.push_frame(&frame);
                    }
                }
            }
            Envelope::State { frame, .. } => self.apply_state(&frame),
            Envelope::Membership { members_version, user_id, change, .. } => {
                if members_version == self.members_version + 1 {
                    self.members_version = members_version;
                    if change == MembershipChange::Left {
                        self.retain(|subscriber| subscriber != user_id);
                    }
                }
            }
            Envelope::User { .. } | Envelope::Everyone { .. } | Envelope::UserChanged { .. } => {}
        }
        false
    }

    fn apply_state(&self, frame: &Bytes) {
        for (_, subscriber) in &self.subscribers {
            subscriber.outbox.push_state(frame);
        }
    }

    /// Delivers events once those in front of them came; whether they wait for those.
    fn apply_events(&mut self, first: i64, frames: Frames) -> bool {
        if self.is_early(first)
            && let Some(early) = &mut self.early
        {
            if early.keep(first, frames) {
                return true;
            }
            self.end_wait();
            return false;
        }
        self.deliver_events(first, &frames);
        while let Some(next) = self.early.as_ref().and_then(Early::first)
            && !self.is_early(next)
            && let Some((first, frames)) = self.early.as_mut().and_then(Early::pop)
        {
            self.deliver_events(first, &frames);
        }
        false
    }

    /// Whether a live subscriber has not had what comes before this number.
    fn is_early(&self, first: i64) -> bool {
        self.early.is_some() && self.subscribers.iter().any(|(_, s)| s.live && s.cursor + 1 < first)
    }

    /// Each live subscriber gets exactly the frames after its cursor, or falls behind.
    fn deliver_events(&mut self, first: i64, frames: &Frames) {
        let Ok(count) = i64::try_from(frames.len()) else { return };
        let last = first + count - 1;
        self.reach(last);
        self.recent.keep(first, last, frames, self.subscribers.len());
        for (_, subscriber) in self.subscribers.iter_mut().filter(|(_, s)| s.live) {
            if subscriber.cursor >= last {
                continue;
            }
            // How many of the frames this subscriber has already read from the database.
            let known = subscriber.cursor + 1 - first;
            let delivered = usize::try_from(known)
                .is_ok_and(|from| subscriber.outbox.push_frames(frames, from));
            if delivered {
                subscriber.cursor = last;
            } else {
                subscriber.live = false;
                subscriber.outbox.signal(Signal::Behind(self.topic));
            }
        }
    }
}
