//! A model: a database that everybody trusts, a network that drops, doubles and reorders, sockets
//! that read, drain and come back whenever they like. Whatever the interleaving, each subscriber is
//! given each number once and in order, nobody is given what was said after they left,
//! and once the network heals everybody is where the database is.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use adda_realtime::{Envelope, MembershipChange, Outbox, Signal, Subscribe};
use bytes::Bytes;
use proptest::prelude::*;

use crate::support::{Got, Node, ROOM, drain};

const USERS: i64 = 4;
/// This one is always a member. Where envelopes get lost it never goes, for only a node on which
/// somebody is subscribed notices.
const RESIDENT: i64 = 0;

#[derive(Clone, Debug)]
enum Step {
    /// So many events of so many bytes are committed and put on the network; large ones fill
    /// queues, small ones are kept for a while.
    Commit {
        count: usize,
        bytes: usize,
    },
    /// One event is committed without anybody knowing, and found by who looks what became of it.
    Settle,
    Join(i64),
    Leave(i64),
    /// Something happens to one of the envelopes on the network.
    Deliver(usize),
    Double(usize),
    Drop(usize),
    /// The members are read for a hub that asked, and told it later.
    ReadMembers,
    TellMembers(usize),
    /// A socket looks at the room, subscribes, reads a page, turns live, takes what is queued.
    Look(i64),
    Subscribe(i64),
    Read(i64, usize),
    GoLive(i64),
    /// A socket that is behind asks for what is in memory.
    HandOver(i64),
    Drain(i64),
    /// A live socket goes back to reading, as after a client's own resume.
    FallBehind(i64),
    /// A socket ends its subscription and looks again, as after a reconnect.
    Reconnect(i64),
    /// Somebody comes who has nothing and begins at the head.
    ComeAnew(i64),
    /// The room, if nothing is known of its head, is compared with the database.
    Compare,
}

/// What a network does that is one process: it loses nothing, and keeps the order.
fn within_one_process(step: Step) -> Step {
    match step {
        Step::Deliver(_) | Step::Double(_) | Step::Drop(_) => Step::Deliver(0),
        other => other,
    }
}

fn step() -> impl Strategy<Value = Step> {
    let user = || 0..USERS;
    prop_oneof![
        4 => (1..5_usize, prop_oneof![6 => Just(0), 3 => Just(600), 1 => Just(60_000)])
            .prop_map(|(count, bytes)| Step::Commit { count, bytes }),
        1 => Just(Step::Settle),
        1 => (1..USERS).prop_map(Step::Join),
        1 => (1..USERS).prop_map(Step::Leave),
        6 => any::<usize>().prop_map(Step::Deliver),
        1 => any::<usize>().prop_map(Step::Double),
        1 => any::<usize>().prop_map(Step::Drop),
        2 => Just(Step::ReadMembers),
        2 => any::<usize>().prop_map(Step::TellMembers),
        2 => user().prop_map(Step::Look),
        2 => user().prop_map(Step::Subscribe),
        4 => (user(), 1..6_usize).prop_map(|(user, most)| Step::Read(user, most)),
        3 => user().prop_map(Step::GoLive),
        2 => user().prop_map(Step::HandOver),
        4 => user().prop_map(Step::Drain),
        1 => user().prop_map(Step::FallBehind),
        1 => user().prop_map(Step::Reconnect),
        1 => user().prop_map(Step::ComeAnew),
        1 => Just(Step::Compare),
    ]
}

/// What everybody trusts.
struct Database {
    head: i64,
    version: i64,
    members: HashSet<i64>,
    /// Who may know a number: who was a member when it was committed, or became one later.
    audience: BTreeMap<i64, HashSet<i64>>,
}

/// One user's socket.
struct Reader {
    user: i64,
    outbox: Arc<Outbox>,
    key: Option<usize>,
    /// The version of the members and the head that it saw when it looked at the room, and how often the
    /// hub had heard something for nobody by then.
    look: Option<(i64, i64, u64)>,
    /// Whether it goes on from the head that it sees when it looks, as who is new here does.
    is_new: bool,
    /// Everything up to here was given to the client.
    cursor: i64,
    /// Whether the page that was read last had no more after it.
    has_read_all: bool,
    /// The version of the members under which it was read.
    read_under: i64,
    is_behind: bool,
}

struct World {
    node: Node,
    may_be_empty: bool,
    database: Database,
    network: Vec<Envelope>,
    answers: Vec<(i64, HashSet<i64>)>,
    asked: usize,
    readers: Vec<Reader>,
}

impl World {
    fn new(may_be_empty: bool) -> Self {
        let node = Node::new();
        // There was a past before anybody subscribed here.
        let everybody: HashSet<i64> = (0..USERS).collect();
        let past = 3;
        let database = Database {
            head: past,
            version: 0,
            members: everybody.clone(),
            audience: (1..=past).map(|number| (number, everybody.clone())).collect(),
        };
        let reader = |user| Reader {
            user,
            outbox: node.connects(user),
            key: None,
            look: None,
            is_new: false,
            cursor: 0,
            has_read_all: false,
            read_under: 0,
            is_behind: false,
        };
        let readers = (0..USERS).map(reader).collect();
        let mut world = Self {
            node,
            may_be_empty,
            database,
            network: vec![],
            answers: vec![],
            asked: 0,
            readers,
        };
        for user in 0..USERS {
            world.look(user);
            world.subscribe(user);
        }
        world
    }

    fn reader(&mut self, user: i64) -> &mut Reader {
        &mut self.readers[usize::try_from(user).unwrap()]
    }

    fn commit(&mut self, count: usize, bytes: usize) {
        let first = self.database.head + 1;
        let numbers = first..first + i64::try_from(count).unwrap();
        let frames = numbers.clone().map(|number| Bytes::from(format!("{number:0>bytes$}")));
        let frames = frames.collect();
        for number in numbers {
            self.database.audience.insert(number, self.database.members.clone());
            self.database.head = number;
        }
        let members_version = self.database.version;
        self.network.push(Envelope::Events { topic: ROOM, members_version, first, frames });
    }

    fn change_members(&mut self, user_id: i64, change: MembershipChange) {
        let changed = match change {
            MembershipChange::Joined => {
                for audience in self.database.audience.values_mut() {
                    audience.insert(user_id);
                }
                self.database.members.insert(user_id)
            }
            MembershipChange::Left => self.database.members.remove(&user_id),
        };
        if changed {
            self.database.version += 1;
            let members_version = self.database.version;
            self.network.push(Envelope::Membership {
                topic: ROOM,
                members_version,
                user_id,
                change,
            });
        }
    }

    fn sees(&self) -> (i64, i64, u64) {
        (self.database.version, self.database.head, self.node.hub.unheard())
    }

    fn look(&mut self, user: i64) {
        let is_member = self.database.members.contains(&user);
        let seen = self.sees();
        let reader = self.reader(user);
        reader.look = (is_member && reader.key.is_none()).then_some(seen);
    }

    fn subscribe(&mut self, user: i64) {
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        let Some((version, head, unheard)) = reader.look.take() else { return };
        let cursor = if reader.is_new { head } else { reader.cursor };
        match self.node.hub.subscribe(ROOM, &reader.outbox, cursor, version) {
            Subscribe::Behind(key) => {
                let hub = &self.node.hub;
                reader.key = Some(key);
                reader.has_read_all = false;
                reader.cursor = cursor;
                // Where nothing is lost, what was read is believed if nothing came for nobody since.
                if self.may_be_empty && hub.head(ROOM).is_none() && hub.unheard() == unheard {
                    hub.note_head(ROOM, head, version);
                }
                reader.is_behind = !(std::mem::take(&mut reader.is_new)
                    && hub.go_live_at_known_head(ROOM, key, &reader.outbox, cursor));
            }
            Subscribe::Stale => self.look(user),
        }
    }

    /// Reads a page: only who is a member is given one.
    fn read(&mut self, user: i64, most: usize) {
        let (head, is_member) = (self.database.head, self.database.members.contains(&user));
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        let Some(key) = reader.key.filter(|_| reader.is_behind) else { return };
        if !is_member {
            self.node.hub.unsubscribe(ROOM, key, &reader.outbox);
            reader.key = None;
            return;
        }
        reader.cursor = head.min(reader.cursor + i64::try_from(most).unwrap());
        reader.has_read_all = reader.cursor == head;
        reader.read_under = self.database.version;
    }

    fn go_live(&mut self, user: i64) {
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        let Some(key) = reader.key.filter(|_| reader.is_behind && reader.has_read_all) else {
            return;
        };
        let (cursor, version) = (reader.cursor, reader.read_under);
        let is_live = self.node.hub.go_live(ROOM, key, &reader.outbox, cursor, version);
        reader.is_behind = !is_live;
        reader.has_read_all = false;
    }

    fn hand_over(&mut self, user: i64) {
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        let Some(key) = reader.key.filter(|_| reader.is_behind) else { return };
        if self.node.hub.hand_over(ROOM, key, &reader.outbox, reader.cursor) {
            reader.is_behind = false;
        }
    }

    fn fall_behind(&mut self, user: i64) {
        self.drain(user);
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        let Some(key) = reader.key else { return };
        self.node.hub.fall_behind(ROOM, key, &reader.outbox);
        reader.is_behind = true;
        reader.has_read_all = false;
    }

    fn reconnect(&mut self, user: i64) {
        self.drain(user);
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        if user == RESIDENT && !self.may_be_empty {
            return;
        }
        if let Some(key) = reader.key.take() {
            self.node.hub.unsubscribe(ROOM, key, &reader.outbox);
            self.look(user);
        }
    }

    /// Somebody new comes, as by another device: what is said from their look on they are to hear.
    fn come_anew(&mut self, user: i64) {
        self.reconnect(user);
        let reader = self.reader(user);
        reader.is_new |= reader.look.is_some();
    }

    /// Who subscribed first has the room compared with the database.
    fn compare(&mut self) {
        if self.node.hub.head(ROOM).is_none() {
            self.node.hub.note_head(ROOM, self.database.head, self.database.version);
        }
    }

    fn drain(&mut self, user: i64) {
        let reader = &mut self.readers[usize::try_from(user).unwrap()];
        for got in drain(&reader.outbox).expect("nothing here closes a socket") {
            match got {
                Got::Frame(text) => {
                    let number: i64 = text.trim_start_matches('0').parse().unwrap();
                    assert_eq!(number, reader.cursor + 1, "user {user} hears the next number");
                    assert!(
                        self.database.audience[&number].contains(&user),
                        "user {user} hears {number}, said when they were no member and not since"
                    );
                    reader.cursor = number;
                }
                Got::Signal(Signal::Behind(_)) => {
                    let Some(key) = reader.key else { continue };
                    let cursor = self.node.hub.cursor(ROOM, key, &reader.outbox);
                    assert!(cursor.is_none_or(|cursor| cursor == reader.cursor));
                    reader.is_behind = true;
                    reader.has_read_all = false;
                }
                Got::Signal(Signal::Removed(_)) => {
                    // A subscription that stands is newer than the removal that is told here.
                    let stands = reader.key.is_some_and(|key| {
                        self.node.hub.cursor(ROOM, key, &reader.outbox).is_some()
                    });
                    reader.key = reader.key.filter(|_| stands);
                }
                Got::Signal(Signal::Added(_)) => {
                    if reader.key.is_none() && self.database.members.contains(&user) {
                        let seen = (self.database.version, self.database.head);
                        reader.look = Some((seen.0, seen.1, self.node.hub.unheard()));
                    }
                }
            }
        }
    }

    fn read_members(&mut self) {
        self.asked += self.node.reloads();
        if self.asked > 0 {
            self.asked -= 1;
            self.answers.push((self.database.version, self.database.members.clone()));
        }
    }

    fn tell_members(&mut self, which: usize) {
        if !self.answers.is_empty() {
            let (version, members) = self.answers.remove(which % self.answers.len());
            self.node.hub.set_members(ROOM, version, &members);
        }
    }

    fn take(&mut self, which: usize) -> Option<Envelope> {
        (!self.network.is_empty()).then(|| self.network.remove(which % self.network.len()))
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Commit { count, bytes } => self.commit(count, bytes),
            Step::Settle => {
                self.commit(1, 0);
                self.network.pop();
                if self.may_be_empty {
                    // Whoever looks tells of it after all that they committed before.
                    self.network.push(Envelope::Head {
                        topic: ROOM,
                        members_version: self.database.version,
                        last: self.database.head,
                    });
                } else {
                    self.looks_at_the_head();
                }
            }
            Step::Join(user) => self.change_members(user, MembershipChange::Joined),
            Step::Leave(user) => self.change_members(user, MembershipChange::Left),
            Step::Deliver(which) => {
                if let Some(envelope) = self.take(which) {
                    self.node.hub.deliver(envelope);
                }
            }
            Step::Double(which) => {
                if !self.network.is_empty() {
                    let envelope = self.network[which % self.network.len()].clone();
                    self.node.hub.deliver(envelope);
                }
            }
            Step::Drop(which) => {
                self.take(which);
            }
            Step::ReadMembers => self.read_members(),
            Step::TellMembers(which) => self.tell_members(which),
            Step::Look(user) => self.look(user),
            Step::Subscribe(user) => self.subscribe(user),
            Step::Read(user, most) => self.read(user, most),
            Step::GoLive(user) => self.go_live(user),
            Step::HandOver(user) => self.hand_over(user),
            Step::Drain(user) => self.drain(user),
            Step::FallBehind(user) => self.fall_behind(user),
            Step::Reconnect(user) => self.reconnect(user),
            Step::ComeAnew(user) => self.come_anew(user),
            Step::Compare => self.compare(),
        }
    }

    /// From now on nothing is lost, and everybody does what a socket does.
    fn heal(&mut self) {
        while let Some(envelope) = self.take(0) {
            self.node.hub.deliver(envelope);
        }
        for _ in 0..8 {
            self.compare();
            self.read_members();
            self.tell_members(0);
            for user in 0..USERS {
                self.drain(user);
                self.subscribe(user);
                // A stale look is followed by a new one.
                self.subscribe(user);
                // A socket that is behind asks memory first.
                self.hand_over(user);
                self.read(user, 10_000);
                self.go_live(user);
            }
        }
    }

    /// What a node does every few seconds where something may be lost, and after a commit whose outcome
    /// was unknown.
    fn looks_at_the_head(&self) {
        self.node.hub.note_head(ROOM, self.database.head, self.database.version);
    }

    fn everybody_is_where_the_database_is(&mut self) {
        let (head, members) = (self.database.head, self.database.members.clone());
        for reader in &self.readers {
            let is_member = members.contains(&reader.user);
            assert_eq!(reader.key.is_some(), is_member, "user {} is subscribed", reader.user);
            if is_member {
                assert_eq!(reader.cursor, head, "user {} has everything", reader.user);
                assert!(!reader.is_behind, "user {} is live", reader.user);
            }
        }
        // And they are live indeed.
        self.commit(1, 0);
        let next = self.take(0).unwrap();
        self.node.hub.deliver(next);
        // Who was first to subscribe may have seen older members than the event has.
        self.read_members();
        self.tell_members(0);
        for user in members {
            self.drain(user);
            assert_eq!(self.reader(user).cursor, head + 1);
        }
    }
}

/// So many histories; in the long mode (`ADDA_TEST_LONG=1`) many more.
fn config() -> ProptestConfig {
    let is_long = std::env::vars().any(|(name, value)| name == "ADDA_TEST_LONG" && value == "1");
    let cases = if is_long { 50_000 } else { 500 };
    ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_each_number_is_heard_once_in_order_by_who_may(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new(false);
        for step in &steps {
            world.step(step);
        }
        // The next event is what shows a lost one.
        world.commit(1, 0);
        world.heal();
        world.everybody_is_where_the_database_is();
    }

    #[test]
    fn a_look_at_the_head_shows_whatever_was_lost_when_nothing_comes_after_it(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new(false);
        for step in &steps {
            world.step(step);
        }
        while let Some(envelope) = world.take(0) {
            world.node.hub.deliver(envelope);
        }
        world.looks_at_the_head();
        world.heal();
        world.everybody_is_where_the_database_is();
    }

    #[test]
    fn within_one_process_nobody_waits_for_the_next_event_to_be_told_of_the_last(
        steps in prop::collection::vec(step().prop_map(within_one_process), 1..120),
    ) {
        let mut world = World::new(true);
        for step in &steps {
            world.step(step);
        }
        world.heal();
        world.everybody_is_where_the_database_is();
    }
}
