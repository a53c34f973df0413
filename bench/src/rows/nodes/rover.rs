//! Somebody who goes on on another node when theirs goes away, as the apps do: at the time that it named, from
//! where they were, and sending again what was not answered.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock;
use crate::failure::{Context, Result, fail};
use crate::load::{Room, write_send};
use crate::oracle::{Check, Inbox};
use crate::scan::{Kind, Scanner};
use crate::stamp::Stamp;
use crate::ws::{Connection, Writer};

/// How long to wait before another node is tried.
const AGAIN: Duration = Duration::from_millis(200);
/// Who finds no node for so long gives up.
const ATTEMPTS: usize = 300;

/// What all of them share.
pub(super) struct Journey {
    pub(super) rooms: Vec<Room>,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) nonce: u64,
    /// Latencies are those of messages due from then on.
    pub(super) begin: u64,
    /// When somebody was ready on another node.
    pub(super) moves: Mutex<Vec<u64>>,
    /// Why somebody had to go, other than that they were told when to come back.
    pub(super) driven: Mutex<Vec<String>>,
    /// Nodes that did not take somebody.
    pub(super) refused: AtomicU64,
    pub(super) over: AtomicBool,
}

pub(super) struct State {
    inbox: Inbox,
    /// Where to send, while there is a connection.
    writer: Option<Arc<Writer>>,
    /// What was sent and not answered, or is to be sent.
    unanswered: BTreeMap<u32, Vec<u8>>,
}

impl State {
    pub(super) fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}

/// One person.
pub(super) struct Rover {
    token: String,
    epoch: Value,
    state: Mutex<State>,
    journey: Arc<Journey>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rover {
    /// Connects to the node at `place`, and follows what happens until the journey is over.
    pub(super) async fn start(
        person: usize,
        token: String,
        journey: Arc<Journey>,
    ) -> Result<(Arc<Self>, impl Future<Output = ()>)> {
        let place = person % journey.addresses.len();
        let mut connection = Connection::open(journey.addresses[place], "/ws").await?;
        let ready = connection.authenticate(&token).await?;
        let ready: Value = serde_json::from_slice(&ready).context("the ready frame")?;
        let head = |name: &str| {
            let rooms = ready["rooms"].as_array()?;
            rooms.iter().find(|room| room["name"] == name)?["last_seq"].as_u64()
        };
        let mine = journey.rooms.iter().enumerate().filter(|(_, it)| it.members.contains(&person));
        let heads: Option<Vec<_>> =
            mine.map(|(room, it)| Some((room as u16, head(&it.name)?))).collect();
        let Some(heads) = heads else { return fail("the ready frame does not list a room") };
        let state = State {
            inbox: Inbox::new(heads, Check::Full, journey.begin..u64::MAX),
            writer: Some(connection.writer()),
            unanswered: BTreeMap::new(),
        };
        let epoch = ready["epoch"].clone();
        let rover = Arc::new(Self { token, epoch, state: Mutex::new(state), journey });
        Ok((Arc::clone(&rover), rover.roam(connection, place)))
    }

    /// Sends a message, now or as soon as there is a connection.
    pub(super) fn send(&self, stamp: Stamp) {
        let name = &self.journey.rooms[usize::from(stamp.room)].name;
        let (mut scratch, mut frame) = (Vec::new(), Vec::new());
        write_send(name, stamp, self.journey.nonce, &mut scratch, &mut frame);
        let mut state = lock(&self.state);
        if let Some(writer) = &state.writer {
            // Where that fails the reader finds out.
            writer.send(&frame).ok();
        }
        state.unanswered.insert(stamp.number, frame);
    }

    /// Looks at what came.
    pub(super) fn inbox<T>(&self, look: impl FnOnce(&Inbox) -> T) -> T {
        look(&lock(&self.state).inbox)
    }

    /// All that is known of it.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// How many of its messages are not answered.
    pub(super) fn unanswered(&self) -> usize {
        lock(&self.state).unanswered.len()
    }

    async fn roam(self: Arc<Self>, mut connection: Connection, mut place: usize) {
        let mut scanner = Scanner::new();
        loop {
            let mut after = AGAIN;
            let ended = loop {
                let taken = connection.receive(|frames| {
                    let mut state = lock(&self.state);
                    for frame in frames {
                        let bytes = frame.as_bytes();
                        state.inbox.take(bytes, clock::now(), &[]);
                        match scanner.kind(bytes) {
                            Kind::Ok => {
                                let answered = scanner.reference(bytes);
                                answered.and_then(|number| state.unanswered.remove(&number));
                            }
                            Kind::Other => after = when_to_return(&frame).unwrap_or(after),
                            _ => {}
                        }
                    }
                });
                if let Err(reason) = taken.await {
                    break reason.to_string();
                }
            };
            if self.journey.over.load(Ordering::Relaxed) {
                return;
            }
            lock(&self.state).writer = None;
            if !ended.contains("4002") || after == AGAIN {
                lock(&self.journey.driven).push(ended);
            }
            tokio::time::sleep(after).await;
            match self.find_another(&mut place).await {
                Ok(found) => connection = found,
                Err(reason) => return lock(&self.state).inbox.end(&reason.to_string()),
            }
        }
    }

    async fn find_another(&self, place: &mut usize) -> Result<Connection> {
        let addresses = &self.journey.addresses;
        for _ in 0..ATTEMPTS {
            *place = (*place + 1) % addresses.len();
            if let Ok(connection) = self.come_back(addresses[*place]).await {
                lock(&self.journey.moves).push(clock::now());
                return Ok(connection);
            }
            self.journey.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(AGAIN).await;
        }
        fail("no node takes it")
    }

    async fn come_back(&self, address: SocketAddr) -> Result<Connection> {
        let mut connection = Connection::open(address, "/ws").await?;
        let rooms: serde_json::Map<String, Value> = self.inbox(|inbox| {
            let name = |room: u16| self.journey.rooms[usize::from(room)].name.clone();
            inbox.reached().map(|(room, seq)| (name(room), json!(seq))).collect()
        });
        connection.resume(&self.token, &json!({"epoch": self.epoch, "rooms": rooms})).await?;
        let mut state = lock(&self.state);
        let writer = connection.writer();
        for frame in state.unanswered.values() {
            writer.send(frame)?;
        }
        state.writer = Some(writer);
        Ok(connection)
    }
}

/// The time that a `draining` frame names.
fn when_to_return(frame: &str) -> Option<Duration> {
    let frame: Value = serde_json::from_str(frame).ok()?;
    (frame["type"] == "draining").then_some(())?;
    frame["retry_after_ms"].as_u64().map(Duration::from_millis)
}
