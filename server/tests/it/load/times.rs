//! When what happened: what was acknowledged, and how much later it was heard.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// What everybody's clock showed; all run in one process.
#[derive(Debug, Default)]
pub(super) struct Times {
    acknowledged: Vec<Acknowledged>,
    by_number: HashMap<(String, i64), Instant>,
    /// When a message was first sent, by its `client_id`.
    attempted: HashMap<String, Instant>,
    deliveries: Vec<Delivery>,
    /// How far each client has heard each of its rooms.
    cursors: BTreeMap<String, BTreeMap<String, i64>>,
}

#[derive(Debug)]
struct Acknowledged {
    /// When it was sent, if more than once then for the last time.
    attempted: Instant,
    at: Instant,
    room: String,
    number: i64,
}

/// Something that somebody heard for the first time.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) acknowledged: Instant,
    pub(crate) late: Duration,
    pub(crate) who: String,
    pub(crate) room: String,
    pub(crate) number: i64,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { late, who, room, number, .. } = self;
        write!(f, "{who} heard {number} in {room} {late:?} after its acknowledgement")
    }
}

impl Times {
    pub(super) fn attempts(&mut self, client_id: &str) {
        self.attempted.entry(client_id.to_owned()).or_insert_with(Instant::now);
    }

    pub(super) fn acknowledges(&mut self, room: &str, number: i64, attempted: Instant) {
        let at = Instant::now();
        self.by_number.entry((room.to_owned(), number)).or_insert(at);
        self.acknowledged.push(Acknowledged { attempted, at, room: room.to_owned(), number });
    }

    /// Somebody hears of a change for the first time.
    pub(super) fn hears(&mut self, who: &str, room: &str, number: i64) {
        if let Some(acknowledged) = self.by_number.get(&(room.to_owned(), number)) {
            let (acknowledged, late) = (*acknowledged, acknowledged.elapsed());
            let (who, room) = (who.to_owned(), room.to_owned());
            self.deliveries.push(Delivery { acknowledged, late, who, room, number });
        }
    }

    pub(super) fn is_at(&mut self, who: &str, cursors: &BTreeMap<String, i64>) {
        self.cursors.insert(who.to_owned(), cursors.clone());
    }

    /// The latest delivery of anything that was acknowledged in this time.
    pub(super) fn slowest(&self, from: Instant, to: Instant) -> Option<&Delivery> {
        let within = |delivery: &&Delivery| (from..=to).contains(&delivery.acknowledged);
        self.deliveries.iter().filter(within).max_by_key(|delivery| delivery.late)
    }

    pub(super) fn acknowledged_between(&self, from: Instant, to: Instant) -> usize {
        self.acknowledged.iter().filter(|one| (from..=to).contains(&one.at)).count()
    }

    pub(super) fn attempted_and_acknowledged_between(&self, from: Instant, to: Instant) -> usize {
        let within = |one: &&Acknowledged| one.attempted >= from && one.at <= to;
        self.acknowledged.iter().filter(within).count()
    }

    pub(super) fn attempted_after(&self, at: Instant) -> impl Iterator<Item = &String> {
        self.attempted.iter().filter(move |(_, first)| **first > at).map(|(client_id, _)| client_id)
    }

    /// Who has not heard yet, in each of these rooms, something that was acknowledged after this moment.
    pub(super) fn behind(&self, rooms: &[String], since: Instant) -> Vec<String> {
        let mut firsts = BTreeMap::<&str, i64>::new();
        for one in self.acknowledged.iter().rev().take_while(|one| one.at > since) {
            let first = firsts.entry(&one.room).or_insert(one.number);
            *first = one.number.min(*first);
        }
        let unwritten = rooms.iter().filter(|room| !firsts.contains_key(room.as_str()));
        let mut behind: Vec<_> = unwritten.map(|room| format!("nobody wrote in {room}")).collect();
        for (who, cursors) in &self.cursors {
            for (room, first) in &firsts {
                if cursors.get(*room).is_some_and(|cursor| cursor < first) {
                    behind.push(format!("{who} is behind in {room}"));
                }
            }
        }
        behind
    }
}
