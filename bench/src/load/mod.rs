//! Puts load on a server: sockets that receive, some of which also send, and the measurements.
//!
//! One task a connection reads; an open loop has one pacer that sends for everybody at absolute
//! times, a closed loop lets each reader send again as its answers come. Rates, latencies and
//! processor seconds are those of the measured window, after the warm-up; the oracle judges the
//! whole load, the warm-up included.

mod campaign;
mod outcome;
mod stage;

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

pub(crate) use self::campaign::write_send;
use self::campaign::{Campaign, Socket, read};
pub(crate) use self::outcome::Outcome;
use self::stage::Stage;
use crate::clock;
use crate::cpu::Meter;
use crate::crowd;
use crate::failure::{Context, Failure, Result};
use crate::oracle::{Check, Inbox};
use crate::schedule::Schedule;
use crate::ws::Connection;

/// A room under load. People are named by their place in the list of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Its name on the server.
    pub(crate) name: String,
    /// Who receives; everybody holds one socket.
    pub(crate) members: Vec<usize>,
    /// Who of them sends. A person sends in one room only.
    pub(crate) senders: Vec<usize>,
}

/// How messages come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// An open loop: so many messages a second in all, spread over rooms and senders in turn.
    Rate(f64),
    /// A closed loop: each sender keeps so many sends unanswered.
    Window(u32),
}

/// How long a load lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    /// A warm-up, then the measured window.
    Time(Duration, Duration),
    /// Until so many messages have been sent; a closed loop only.
    Messages(u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How messages come.
    pub(crate) pace: Pace,
    /// For how long.
    pub(crate) length: Length,
    /// How closely they are watched.
    pub(crate) check: Check,
    /// Whether to keep the time to each message's last receiver (an open loop only).
    pub(crate) last_receiver: bool,
}

/// Runs one load against the server at `addresses`, one for each of its nodes, which the people use in turn.
/// `tokens` are everybody's access tokens.
pub(crate) async fn run(
    addresses: &[SocketAddr],
    tokens: &[String],
    rooms: &[Room],
    load: Load,
    meter: Meter,
) -> Result<Outcome> {
    let connections = connect(addresses, tokens, rooms).await?;
    let start = clock::now() + clock::nanos(Duration::from_millis(20));
    let window = match load.length {
        Length::Time(warm_up, measured) => {
            let begin = start + clock::nanos(warm_up);
            begin..begin + clock::nanos(measured)
        }
        Length::Messages(_) => 0..u64::MAX,
    };
    let schedule = match load.pace {
        Pace::Rate(rate) => Some(Schedule::new(start, rate)),
        Pace::Window(_) => None,
    };
    let planned =
        schedule.filter(|_| load.last_receiver).map_or(0, |schedule| schedule.before(window.end));
    let campaign = Arc::new(Campaign {
        nonce: uuid::Uuid::new_v4().as_u128() as u64,
        names: rooms.iter().map(|room| room.name.clone()).collect(),
        next: AtomicU32::new(0),
        limit: AtomicU32::new(if let Length::Messages(count) = load.length {
            count
        } else {
            u32::MAX
        }),
        answered: AtomicU64::new(0),
        last: (0..planned).map(|_| AtomicU32::new(0)).collect(),
        over: AtomicBool::new(false),
    });

    let refills = matches!(load.pace, Pace::Window(_));
    let mut sockets = BTreeMap::new();
    let mut readers = JoinSet::new();
    for (person, connection, ready) in connections {
        let socket = Arc::new(seat(person, &connection, &ready, rooms, &load, &window)?);
        readers.spawn(read(connection, Arc::clone(&socket), Arc::clone(&campaign), refills));
        sockets.insert(person, socket);
    }
    let stage = Stage { campaign, sockets, rooms, meter };
    let mut played = match load.pace {
        Pace::Rate(rate) => stage.open_loop(Schedule::new(start, rate), rate, &window).await?,
        Pace::Window(size) => stage.closed_loop(size, load.length, &window).await?,
    };
    if !played.overloaded {
        stage.settle(u64::from(stage.campaign.next.load(Ordering::Relaxed))).await;
    }
    if let Length::Messages(_) = load.length {
        played.end = stage.snapshot()?;
    }
    stage.campaign.over.store(true, Ordering::Relaxed);
    readers.shutdown().await;
    Ok(stage.outcome(&played, schedule, &window))
}

/// Opens everybody's socket and waits until all are ready.
async fn connect(
    addresses: &[SocketAddr],
    tokens: &[String],
    rooms: &[Room],
) -> Result<Vec<(usize, Connection, Vec<u8>)>> {
    let mut people: Vec<usize> = rooms.iter().flat_map(|room| &room.members).copied().collect();
    people.sort_unstable();
    people.dedup();
    let theirs = people.iter().map(|&person| tokens[person].clone());
    let where_they_are: Vec<_> =
        people.iter().map(|person| addresses[person % addresses.len()]).collect();
    let mut open = Vec::with_capacity(people.len());
    crowd::open(&where_they_are, theirs, |place, connection, ready| {
        open.push((people[place], connection, ready));
        Ok(())
    })
    .await?;
    Ok(open)
}

/// A socket with its inbox, from what `ready` says about the rooms.
fn seat(
    person: usize,
    connection: &Connection,
    ready: &[u8],
    rooms: &[Room],
    load: &Load,
    window: &Range<u64>,
) -> Result<Socket> {
    let ready: Value = serde_json::from_slice(ready).context("the ready frame")?;
    let heads: HashMap<&str, u64> = ready["rooms"]
        .as_array()
        .ok_or_else(|| Failure::new("the ready frame lists no rooms"))?
        .iter()
        .filter_map(|room| Some((room["name"].as_str()?, room["last_seq"].as_u64()?)))
        .collect();
    let places = |people: fn(&Room) -> &Vec<usize>| {
        let mine = move |(_, room): &(usize, &Room)| people(room).contains(&person);
        rooms.iter().enumerate().filter(mine).map(|(place, room)| (place as u16, room))
    };
    let head = |(place, room): (u16, &Room)| {
        let head = heads.get(room.name.as_str()).copied();
        let absent = || Failure::new(format!("the ready frame does not list {}", room.name));
        head.map(|head| (place, head)).ok_or_else(absent)
    };
    let mine = places(|room| &room.members).map(head).collect::<Result<Vec<_>>>()?;
    Ok(Socket {
        writer: connection.writer(),
        sends_to: places(|room| &room.senders).map(|(place, _)| place).next(),
        inbox: Mutex::new(Inbox::new(mine, load.check, window.clone())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Fault};

    /// Two rooms of four people each; two send in each.
    fn layout() -> Vec<Room> {
        [("one", 0), ("two", 4)]
            .map(|(name, first)| Room {
                name: name.to_owned(),
                members: (first..first + 4).collect(),
                senders: vec![first, first + 1],
            })
            .into()
    }

    /// The chat of the tests delivers every room to everybody, so one room only has receivers.
    fn one_room() -> Vec<Room> {
        vec![layout().swap_remove(0)]
    }

    async fn play(fault: Fault, rooms: &[Room], pace: Pace, length: Length) -> Outcome {
        let address = testing::chat(40, fault).await;
        let tokens = vec!["token".to_owned(); 8];
        let load = Load { pace, length, check: Check::Full, last_receiver: true };
        let meter = Meter { nodes: vec![std::process::id()], ..Meter::default() };
        run(&[address], &tokens, rooms, load, meter).await.unwrap()
    }

    const SHORT: Length = Length::Time(Duration::from_millis(100), Duration::from_millis(400));

    #[tokio::test]
    async fn an_open_loop_sends_exactly_its_schedule() {
        let outcome = play(Fault::None, &one_room(), Pace::Rate(500.0), SHORT).await;
        outcome.require_sound().unwrap();
        assert_eq!((outcome.sent, outcome.acknowledged, outcome.delivered), (250, 250, 1_000));
        assert_eq!(outcome.rooms[0].head, 290);
        assert_eq!(outcome.rooms[0].ids.len(), 250);
        assert_eq!(
            outcome.latency.total(),
            800,
            "200 messages are due in the window, for four people"
        );
        assert_eq!(outcome.answer_latency.total(), 200);
        assert_eq!(outcome.last_receiver.total(), 200);
        assert!(outcome.last_receiver.at(0.5) >= outcome.latency.at(0.5));
        assert!((300.0..700.0).contains(&outcome.rate()), "{} a second", outcome.rate());
    }

    #[tokio::test]
    async fn a_closed_loop_of_messages_sends_that_many() {
        let outcome =
            play(Fault::None, &one_room(), Pace::Window(16), Length::Messages(2_000)).await;
        outcome.require_sound().unwrap();
        assert_eq!((outcome.sent, outcome.acknowledged, outcome.delivered), (2_000, 2_000, 8_000));
        assert_eq!((outcome.window_acknowledged, outcome.window_delivered), (2_000, 8_000));
    }

    #[tokio::test]
    async fn a_closed_loop_of_time_ends_and_is_answered_in_full() {
        let outcome = play(Fault::None, &one_room(), Pace::Window(4), SHORT).await;
        outcome.require_sound().unwrap();
        assert!(outcome.sent > 8, "it sent again after its first window");
        assert_eq!(outcome.delivered, outcome.sent * 4);
    }

    #[tokio::test]
    async fn a_delivery_on_a_page_is_a_delivery() {
        let outcome = play(Fault::Pages(100), &one_room(), Pace::Rate(500.0), SHORT).await;
        outcome.require_sound().unwrap();
        assert_eq!(outcome.by_page, 4);
        assert_eq!(outcome.delivered, 1_000);
    }

    async fn fault_of(fault: Fault) -> String {
        play(fault, &one_room(), Pace::Rate(500.0), SHORT).await.faults.to_string()
    }

    #[tokio::test]
    async fn a_server_that_repeats_is_found_out() {
        assert!(fault_of(Fault::Repeats(7)).await.contains("47 came again or late"));
    }

    #[tokio::test]
    async fn a_server_that_refuses_is_found_out() {
        assert!(fault_of(Fault::Refuses(7)).await.contains("rate_limited"));
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_found_out() {
        assert!(fault_of(Fault::HangsUp(7)).await.contains("a socket ended early"));
    }

    #[tokio::test]
    async fn a_server_that_loses_is_found_out() {
        assert!(fault_of(Fault::Loses(250)).await.contains("250 acknowledged, a socket saw 249"));
    }

    #[tokio::test]
    async fn a_message_for_the_wrong_people_is_found_out() {
        let outcome = play(Fault::None, &layout(), Pace::Rate(500.0), SHORT).await;
        assert!(outcome.faults.to_string().contains("which is not this socket's"));
    }
}
