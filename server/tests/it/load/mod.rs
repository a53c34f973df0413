//! People under whom the server is killed: senders that pipeline creates, edits and deletes over
//! sockets and REST, and receivers that go on from their cursors after each reconnect. They write
//! down what they heard and what was acknowledged, and judge nothing themselves.

mod by_rest;
mod habits;
mod judge;
pub(crate) mod oracle;
mod participant;
mod plan;
mod times;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use self::habits::Habits;
pub(crate) use self::judge::{Judge, history};
use self::oracle::{Diary, Promises};
use self::participant::Participant;
pub(crate) use self::plan::{is_long, seeds, setting, times};
pub(crate) use self::times::Delivery;
use self::times::Times;
use self::work::{Action, Operation, Work};
use crate::support::Person;

/// What everybody is to do.
#[derive(Clone, Debug, PartialEq)]
enum Phase {
    /// Write and listen.
    Load,
    /// Write nothing new, but settle what is on its way.
    Settle,
    /// Hear everything up to these numbers, then end.
    End(BTreeMap<String, i64>),
}

#[derive(Debug)]
struct Shared {
    promises: Mutex<Promises>,
    times: Mutex<Times>,
    acknowledged: watch::Sender<usize>,
    refused: watch::Sender<usize>,
    /// How many socket senders have settled.
    settled: watch::Sender<usize>,
    /// How many connections were tried.
    connections: watch::Sender<usize>,
    phase: watch::Sender<Phase>,
}

/// Everybody at work.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    habits: Habits,
    /// Where there are servers; none for the one alone that a person registered with.
    addresses: Vec<String>,
    socket_senders: usize,
    rest: Vec<JoinHandle<()>>,
    sockets: Vec<JoinHandle<()>>,
    diaries: Vec<Arc<Mutex<Diary>>>,
    /// Who was let out of which room, and when that was answered.
    left: Vec<(String, String, Instant)>,
}

impl Load {
    /// People with these habits, who know of these servers.
    pub(crate) fn new(habits: Habits, addresses: &[String]) -> Self {
        let shared = Shared {
            promises: Mutex::default(),
            times: Mutex::default(),
            acknowledged: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            settled: watch::Sender::new(0),
            connections: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Load),
        };
        Self {
            shared: Arc::new(shared),
            habits,
            addresses: addresses.to_vec(),
            socket_senders: 0,
            rest: vec![],
            sockets: vec![],
            diaries: vec![],
            left: vec![],
        }
    }

    fn addresses_for(&self, person: &Person) -> Vec<String> {
        match self.addresses.as_slice() {
            [] => vec![person.address.clone()],
            addresses => addresses.to_vec(),
        }
    }

    /// Somebody on a socket who is a member of these rooms; with a seed they also write.
    pub(crate) fn on_a_socket(&mut self, person: &Person, rooms: &[&str], writes: Option<u64>) {
        let names = || rooms.iter().map(|room| (*room).to_owned());
        // Everybody is in the default room, where nothing is written.
        let may_hear = names().chain(["general".to_owned()]).collect::<BTreeSet<_>>();
        self.socket_senders += usize::from(writes.is_some());
        let who = person.username.clone();
        let diary = Diary { who, rooms: may_hear, ..Diary::default() };
        let diary = Arc::new(Mutex::new(diary));
        self.diaries.push(diary.clone());
        let participant = Participant {
            person: person.clone(),
            addresses: self.addresses_for(person),
            habits: self.habits,
            shared: self.shared.clone(),
            cursors: names().map(|room| (room, 0)).collect(),
            diary,
            work: writes.map(|seed| Work::new(seed, names().collect())),
            has_settled: false,
        };
        self.sockets.push(tokio::spawn(participant.live()));
    }

    /// Somebody who writes by REST in these rooms.
    pub(crate) fn by_rest(&mut self, person: &Person, rooms: &[&str], seed: u64) {
        let rooms = rooms.iter().map(|room| (*room).to_owned()).collect();
        let work = Work::new(seed, rooms);
        let (person, addresses) = (person.clone(), self.addresses_for(person));
        let writes = by_rest::write(person, addresses, self.habits, self.shared.clone(), work);
        self.rest.push(tokio::spawn(writes));
    }

    /// Something was written before the work began.
    pub(crate) fn was_written(&self, message: &Value) {
        let client_id = message["client_id"].as_str().unwrap().to_owned();
        self.shared.promises.lock().unwrap().attempted.insert(client_id);
        self.shared.acknowledge(message, Instant::now());
    }

    /// Somebody who is at work was let out of a room just now: of what is written from here on, they are
    /// told nothing.
    pub(crate) fn is_out_of(&mut self, person: &Person, room: &str) {
        self.left.push((person.username.clone(), room.to_owned(), Instant::now()));
    }

    /// What was promised so far.
    pub(crate) fn promises(&self) -> Promises {
        self.shared.promises.lock().unwrap().clone()
    }

    /// How many operations were refused for now, so far.
    pub(crate) fn refused(&self) -> usize {
        *self.shared.refused.borrow()
    }

    /// How many connections were tried so far.
    pub(crate) fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// How many operations were acknowledged in this time.
    pub(crate) fn acknowledged_between(&self, from: Instant, to: Instant) -> usize {
        self.shared.times.lock().unwrap().acknowledged_between(from, to)
    }

    /// How many operations were sent and acknowledged in this time.
    pub(crate) fn attempted_and_acknowledged_between(&self, from: Instant, to: Instant) -> usize {
        self.shared.times.lock().unwrap().attempted_and_acknowledged_between(from, to)
    }

    /// The latest delivery of anything that was acknowledged in this time.
    pub(crate) fn slowest_between(&self, from: Instant, to: Instant) -> Option<Delivery> {
        self.shared.times.lock().unwrap().slowest(from, to).cloned()
    }

    /// Waits until everybody has heard something, in each of these rooms, that was acknowledged after this
    /// moment; answers how long after it that was.
    pub(crate) async fn recovers(&self, rooms: &[String], since: Instant) -> Duration {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        let mut behind = Vec::new();
        while since.elapsed() < self.habits.patience {
            behind = self.shared.times.lock().unwrap().behind(rooms, since);
            if behind.is_empty() {
                return since.elapsed();
            }
            look.tick().await;
        }
        panic!("after {:?}: {}", since.elapsed(), behind.join(", "));
    }

    /// What everybody heard so far.
    pub(crate) fn diaries(&self) -> Vec<Diary> {
        let times = self.shared.times.lock().unwrap();
        let diaries = self.diaries.iter().map(|diary| diary.lock().unwrap().clone());
        let with_what_is_over = diaries.map(|mut diary| {
            for (_, room, at) in self.left.iter().filter(|(who, ..)| *who == diary.who) {
                let after = times.attempted_after(*at).cloned().collect();
                diary.left.insert(room.clone(), after);
            }
            diary
        });
        with_what_is_over.collect()
    }

    /// Waits until a watched value is as wished.
    async fn wait_for<T: Clone>(
        &self,
        value: &watch::Sender<T>,
        what: &str,
        wish: impl FnMut(&T) -> bool,
    ) {
        let mut seen = value.subscribe();
        let waited = tokio::time::timeout(self.habits.patience, seen.wait_for(wish)).await;
        assert!(waited.is_ok(), "{what} within {:?}", self.habits.patience);
    }

    /// Waits until so many more operations are acknowledged.
    pub(crate) async fn acknowledges(&self, more: usize) {
        let target = *self.shared.acknowledged.borrow() + more;
        let what = format!("{more} more acknowledgements");
        self.wait_for(&self.shared.acknowledged, &what, |count| *count >= target).await;
    }

    /// Lets everybody settle what is on its way and write nothing more.
    pub(crate) async fn settles(&mut self) {
        self.shared.phase.send_replace(Phase::Settle);
        for task in self.rest.drain(..) {
            let settled = tokio::time::timeout(self.habits.patience, task).await;
            settled.expect("REST senders settle").unwrap();
        }
        let all = self.socket_senders;
        self.wait_for(&self.shared.settled, "all senders settled", |count| *count == all).await;
    }

    /// Waits until everybody has heard everything up to these numbers; answers what they heard.
    pub(crate) async fn ends(&mut self, heads: BTreeMap<String, i64>) -> Vec<Diary> {
        self.shared.phase.send_replace(Phase::End(heads));
        for task in self.sockets.drain(..) {
            let ended = tokio::time::timeout(self.habits.patience, task).await;
            ended.expect("everybody hears everything in time").unwrap();
        }
        self.diaries()
    }
}

impl Shared {
    fn attempt(&self, operation: &Operation) {
        if let Action::Create { client_id, .. } = &operation.action {
            let client_id = client_id.to_string();
            self.times.lock().unwrap().attempts(&client_id);
            self.promises.lock().unwrap().attempted.insert(client_id);
        }
    }

    fn acknowledge(&self, message: &Value, attempted: Instant) {
        let room = message["room"].as_str().unwrap();
        let number = message["changed_seq"].as_i64().unwrap();
        self.times.lock().unwrap().acknowledges(room, number, attempted);
        self.promises.lock().unwrap().acknowledged.push(message.clone());
        self.acknowledged.send_modify(|count| *count += 1);
    }

    fn is_loading(&self) -> bool {
        *self.phase.borrow() == Phase::Load
    }
}
