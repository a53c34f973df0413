//! People at work on all nodes while something fails, and the judge.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{interval, sleep, timeout};

use super::cluster::Cluster;
use super::fault::{Expected, Fault};
use super::lag::Lag;
use super::row::{Found, HEAD, Row};
use super::services::{Redis, Watched};
use crate::load::oracle::judge_diary;
use crate::load::{Habits, Judge, Load};
use crate::support::Person;

const ROOMS: [&str; 3] = ["tea", "rust", "night"];
/// On each node.
const WRITERS: usize = 4;
const READERS: usize = 3;
/// Everything is as it was this long after a fault at the latest.
const RECOVERS_WITHIN: Duration = Duration::from_secs(15);
/// What nodes say of themselves is true this long after a fault's beginning.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);

/// So many at once, for all have the same processors and what is measured is how late something is.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What the nodes find as Redis.
pub(crate) enum Services {
    Redis(Box<Redis>),
    Watched(Box<Watched>),
}

pub(crate) struct Arena {
    pub(crate) seed: u64,
    pub(crate) random: StdRng,
    pub(crate) cluster: Cluster,
    pub(crate) services: Services,
    load: Load,
    judge: Judge,
    /// Readers, some of whom leave a room while something fails.
    readers: Vec<Person>,
    found: Found,
    _turn: SemaphorePermit<'static>,
}

/// A fault that lasts.
pub(crate) struct Outage {
    begun: Instant,
    refused: usize,
    connections: usize,
}

impl Arena {
    pub(crate) async fn open(seed: u64, cluster: Cluster, services: Services) -> Self {
        let turn = TURNS.acquire().await.unwrap();
        say(&format!("ADDA_TEST_SEED={seed}\n{HEAD}"));
        let mut random = StdRng::seed_from_u64(seed);
        let addresses = cluster.addresses();
        // Whoever judges asks past the links that are made bad.
        let directly = cluster.nodes[0].server.address.clone();
        let (person, mut judge) = (Person::register(&directly, "judge").await, Judge::default());
        for room in ROOMS {
            person.makes_room(room).await;
            judge.reads(room, &person);
        }
        let mut load = Load::new(Habits::STEADY, &addresses);
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        for (number, address) in addresses.iter().enumerate() {
            for name in 0..WRITERS {
                writers.push(member(address, &format!("writer-{number}-{name}"), &ROOMS).await);
            }
            for name in 0..READERS {
                readers.push(member(address, &format!("reader-{number}-{name}"), &ROOMS).await);
            }
            let stranger = member(address, &format!("stranger-{number}"), &[]).await;
            load.on_a_socket(&stranger, &[], None);
            let by_rest = member(address, &format!("rest-{number}"), &ROOMS).await;
            load.by_rest(&by_rest, &ROOMS, random.random());
        }
        for reader in &readers {
            load.on_a_socket(reader, &ROOMS, None);
        }
        // The first half of the writers has each a room with one of the second, which is on another node.
        let half = writers.len() / 2;
        let mut rooms = vec![Vec::new(); writers.len()];
        for first in 0..half {
            let path = format!("/users/{}/private-room", writers[first + half].id);
            let private = writers[first].put(&path, Value::Null).await;
            let private = private.body["name"].as_str().unwrap().to_owned();
            judge.reads(&private, &writers[first].at(&directly));
            // The other one sees the room with its first message.
            load.was_written(&writers[first].writes(&private, "tea?").await);
            rooms[first].push(private.clone());
            rooms[first + half].push(private);
        }
        for (writer, private) in writers.iter().zip(&rooms) {
            let rooms: Vec<_> =
                ROOMS.into_iter().chain(private.iter().map(String::as_str)).collect();
            load.on_a_socket(writer, &rooms, Some(random.random()));
        }
        load.acknowledges(2 * writers.len()).await;
        load.recovers(&ROOMS.map(str::to_owned), Instant::now()).await;
        let found = Found::default();
        Self { seed, random, cluster, services, load, judge, readers, found, _turn: turn }
    }

    /// One fault from its beginning to the recovery from it.
    pub(crate) async fn suffers(&mut self, fault: Fault) -> Row {
        let outage = self.begins();
        let nodes = &self.cluster.nodes;
        let sound = fault.nodes_to_look_at(nodes.len()).last().map_or(0, |node| *node);
        let lag = Lag::of(&nodes[sound].server.address);
        fault.begin(self).await;
        // Making it takes a while: what is said of it holds from here on.
        let in_effect = Instant::now();
        let expected = fault.expected();
        let half = fault.lasts() / 2;
        timeout(NOTICED_WITHIN, self.is_as_expected(fault, &expected)).await.unwrap_or_else(|_| {
            panic!("{fault}: nodes do not say within {NOTICED_WITHIN:?} what is true")
        });
        sleep(half.saturating_sub(outage.begun.elapsed())).await;
        if expected.rooms_can_be_left {
            self.somebody_leaves().await;
        }
        sleep(fault.lasts().saturating_sub(outage.begun.elapsed())).await;
        let until = Instant::now();
        fault.end(self).await;
        let row = self.ends(&fault.to_string(), &outage, until).await;
        if expected.nothing_is_acknowledged {
            let acknowledged = self.load.attempted_and_acknowledged_between(in_effect, until);
            assert_eq!(acknowledged, 0, "{fault}: acknowledged without a database");
        }
        if expected.something_is_refused {
            assert!(row.refused > 0, "{fault}: who sends is told to try again");
        }
        if let Some(within) = expected.delivers_within {
            let within = lag.allows(within);
            let slowest = self.load.slowest_between(outage.begun, until);
            let seed = self.seed;
            assert!(row.slowest <= within, "{fault}, seed {seed}: {slowest:?}, not {within:?}");
            assert!(row.acknowledged > 0, "{fault}: all goes on");
        }
        row
    }

    pub(crate) fn begins(&self) -> Outage {
        let (refused, connections) = (self.load.refused(), self.load.connections());
        Outage { begun: Instant::now(), refused, connections }
    }

    /// A fault is over: waits until everything is as it was, and judges.
    pub(crate) async fn ends(&mut self, fault: &str, outage: &Outage, until: Instant) -> Row {
        let refused = self.load.refused() - outage.refused;
        let over = Instant::now();
        let lag = Lag::of(&self.cluster.nodes[0].server.address);
        let rooms = ROOMS.map(str::to_owned);
        let recovered = self.load.recovers(&rooms, over).await;
        let connections = self.load.connections() - outage.connections;
        self.is_ready().await;
        let mut broken = self.judge.finds_broken(&self.load).await;
        let diaries = self.load.diaries();
        broken.extend(diaries.iter().flat_map(|diary| judge_diary(diary, &[])).filter(|broken| {
            // What it knows is compared at the end.
            !matches!(broken, crate::load::oracle::Broken::Differs { .. })
        }));
        let found = Found::of(&broken);
        let slowest = self.load.slowest_between(outage.begun, until);
        let row = Row {
            fault: fault.to_owned(),
            lasted: until - outage.begun,
            acknowledged: self.load.acknowledged_between(outage.begun, until),
            refused,
            found: found.since(self.found),
            slowest: slowest.map(|delivery| delivery.late).unwrap_or_default(),
            recovered,
            connections,
        };
        self.found = found;
        say(&row.to_string());
        assert!(broken.is_empty(), "{fault}, seed {}: {broken:#?}", self.seed);
        let within = lag.allows(RECOVERS_WITHIN);
        assert!(recovered <= within, "{fault}, seed {}: {recovered:?}", self.seed);
        row
    }

    async fn is_ready(&self) {
        let mut look = interval(Duration::from_millis(100));
        let ready = timeout(RECOVERS_WITHIN, async {
            while !self.cluster.all_ready().await {
                look.tick().await;
            }
        });
        assert!(ready.await.is_ok(), "every node is ready within {RECOVERS_WITHIN:?}");
    }

    /// Waits until nodes say what is true; they live all the while.
    async fn is_as_expected(&self, fault: Fault, expected: &Expected) {
        let mut look = interval(Duration::from_millis(200));
        loop {
            look.tick().await;
            let mut all = true;
            for number in fault.nodes_to_look_at(self.cluster.nodes.len()) {
                let health = self.cluster.nodes[number].health().await;
                assert!(health.lives, "{fault}: node {number} is alive: {health:?}");
                all &= health.ready.is_some_and(|(status, text)| {
                    status == expected.ready && text.contains(expected.word)
                });
            }
            if all {
                return;
            }
        }
    }

    /// A reader leaves a room by another node than the one that its socket is on.
    async fn somebody_leaves(&mut self) {
        let reader = self.readers.remove(self.random.random_range(0..self.readers.len()));
        let room = ROOMS[self.random.random_range(0..ROOMS.len())];
        let elsewhere = self.cluster.nodes.iter().rfind(|node| node.address() != reader.address);
        let elsewhere = elsewhere.unwrap_or(&self.cluster.nodes[0]);
        let there = reader.at(&elsewhere.server.address);
        let path = format!("/rooms/{room}/membership");
        let mut again = interval(Duration::from_millis(200));
        let left = loop {
            again.tick().await;
            match there.tries(Method::DELETE, &path, None).await {
                Ok(answer) if answer.status == 503 => {}
                answer => break answer,
            }
        };
        left.unwrap().expect(204);
        self.load.is_out_of(&reader, room);
    }

    /// The end: what anybody heard is held against the history.
    pub(crate) async fn closes(mut self) {
        let broken = self.judge.ends(&mut self.load).await;
        assert!(broken.is_empty(), "seed {}: {broken:#?}", self.seed);
    }

    pub(crate) fn redis(&mut self) -> &mut Redis {
        match &mut self.services {
            Services::Redis(redis) => redis,
            Services::Watched(watched) => &mut watched.first,
        }
    }
}

#[allow(clippy::print_stdout, reason = "the outage table, and the seed that repeats it")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

async fn member(address: &str, name: &str, rooms: &[&str]) -> Person {
    let person = Person::register(address, name).await;
    for room in rooms {
        person.joins(room).await;
    }
    person
}
