//! Puts load on a server: sockets that receive, some of which also send, and the measurements.
//!
//! One task a connection reads; an open loop has one pacer that sends for everybody at absolute
//! times, a closed loop lets each reader send again as its answers come. Rates, latencies and
//! processor seconds are those of the measured window, after the warm-up; the oracle judges the
//! whole load, the warm-up included.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use crate::clock;
use crate::cpu::{Meter, Seconds};
use crate::failure::{Context, Failure, Result};
use crate::histogram::Histogram;
use crate::noise;
use crate::oracle::{Check, Faults, Inbox, RoomStory, judge};
use crate::schedule::Schedule;
use crate::stamp::Stamp;
use crate::ws::{Connection, Writer, encode_text};

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

/// One load.
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

/// What came of a load.
pub(crate) struct Outcome {
    /// What was wrong, by the oracle.
    pub(crate) faults: Faults,
    /// What happened in each room, in the layout's order.
    pub(crate) rooms: Vec<RoomStory>,
    /// Sends, the warm-up included.
    pub(crate) sent: u64,
    /// Acknowledged sends, the warm-up included.
    pub(crate) acknowledged: u64,
    /// Deliveries, the warm-up included.
    pub(crate) delivered: u64,
    /// Those of them that came on pages, to sockets that had fallen behind.
    pub(crate) by_page: u64,
    /// The measured window's length in seconds, as it turned out.
    pub(crate) seconds: f64,
    /// Acknowledgements that arrived within the window.
    pub(crate) window_acknowledged: u64,
    /// Deliveries that arrived within the window.
    pub(crate) window_delivered: u64,
    /// Processor seconds within the window.
    pub(crate) cpu: Seconds,
    /// From due to delivered, of messages due in the window.
    pub(crate) latency: Histogram,
    /// From due to acknowledged, of messages due in the window.
    pub(crate) answer_latency: Histogram,
    /// From due to the last receiver, of messages due in the window; empty unless asked for.
    pub(crate) last_receiver: Histogram,
    /// The furthest that the generator itself fell behind its schedule.
    pub(crate) lateness: Duration,
    /// Whether the generator gave up: answers stayed out for seconds, or a socket broke.
    pub(crate) overloaded: bool,
}

impl Outcome {
    /// Acknowledged messages a second within the window.
    pub(crate) fn rate(&self) -> f64 {
        self.window_acknowledged as f64 / self.seconds
    }

    /// The server's processor seconds for 1,000 deliveries.
    pub(crate) fn cpu_per_thousand_deliveries(&self) -> f64 {
        self.cpu.server * 1e3 / self.window_delivered.max(1) as f64
    }

    /// The server's processor seconds for 1,000 acknowledged messages.
    pub(crate) fn cpu_per_thousand_messages(&self) -> f64 {
        self.cpu.server * 1e3 / self.window_acknowledged.max(1) as f64
    }

    /// An error unless everything was acknowledged and delivered, and rightly.
    pub(crate) fn require_sound(&self) -> Result<()> {
        if self.overloaded {
            return Err(Failure::new(format!("the server did not keep up: {}", self.faults)));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Failure::new(self.faults.to_string())) }
    }
}

/// Progress that stands still for this long will not come.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// An open loop gives up when the answers of so many seconds are out.
const PATIENCE_SECONDS_OF_ANSWERS: f64 = 3.0;
/// How many connections are opened at the same time.
const OPENING: usize = 100;

/// One person's connection.
struct Socket {
    writer: Arc<Writer>,
    sends_to: Option<u16>,
    inbox: Mutex<Inbox>,
}

impl Socket {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What all the tasks of a load share.
struct Campaign {
    /// Makes the client ids of this load different from those of any other.
    nonce: u64,
    /// The rooms' names.
    names: Vec<String>,
    /// The number of the next send.
    next: AtomicU32,
    /// A closed loop sends while the number is below this.
    limit: AtomicU32,
    /// Answers, whether they accept or refuse.
    answered: AtomicU64,
    /// For each planned send, microseconds to its last receiver.
    last: Vec<AtomicU32>,
    /// Set when the readers are no longer needed, so that their ends mean nothing.
    over: AtomicBool,
}

impl Campaign {
    /// Appends the frame of send `number`, due at `at`, using `scratch` for its payload.
    fn write(&self, room: u16, number: u32, at: u64, scratch: &mut Vec<u8>, out: &mut Vec<u8>) {
        let place = self.nonce.wrapping_add(u64::from(number) << 1);
        let id = u128::from(noise::mix(place)) << 64 | u128::from(noise::mix(place | 1));
        let id = uuid::Builder::from_random_bytes(id.to_be_bytes()).into_uuid();
        let name = &self.names[usize::from(room)];
        scratch.clear();
        write!(
            scratch,
            r#"{{"type":"message.send","ref":"{number}","room":"{name}","client_id":"{id}","text":""#
        )
        .expect("writing to memory succeeds");
        Stamp { at, room, number }.write(self.nonce, scratch);
        scratch.extend_from_slice(br#""}"#);
        encode_text(scratch, out);
    }

    /// Sends up to `count` messages of a closed loop from one socket, in one write.
    fn send_again(&self, socket: &Socket, count: u64) -> Result<()> {
        let Some(room) = socket.sends_to else { return Ok(()) };
        let (mut scratch, mut frames) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let limit = self.limit.load(Ordering::Relaxed);
            let claim = |next| (next < limit).then_some(next + 1);
            let Ok(number) = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim)
            else {
                break;
            };
            self.write(room, number, clock::now(), &mut scratch, &mut frames);
        }
        if frames.is_empty() { Ok(()) } else { socket.writer.send(&frames) }
    }
}

/// Runs one load against the server at `address`. `tokens` are everybody's access tokens.
pub(crate) async fn run(
    address: SocketAddr,
    tokens: &[String],
    rooms: &[Room],
    load: Load,
    meter: Meter,
) -> Result<Outcome> {
    let connections = connect(address, tokens, rooms).await?;
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
    address: SocketAddr,
    tokens: &[String],
    rooms: &[Room],
) -> Result<Vec<(usize, Connection, Vec<u8>)>> {
    let mut people: Vec<usize> = rooms.iter().flat_map(|room| &room.members).copied().collect();
    people.sort_unstable();
    people.dedup();
    let mut opening = JoinSet::new();
    let mut open = Vec::with_capacity(people.len());
    for person in people {
        if opening.len() >= OPENING
            && let Some(done) = opening.join_next().await
        {
            open.push(done??);
        }
        let token = tokens[person].clone();
        opening.spawn(async move {
            let mut connection = Connection::open(address, "/ws").await?;
            let ready = connection.authenticate(&token).await?;
            Ok::<_, Failure>((person, connection, ready))
        });
    }
    while let Some(done) = opening.join_next().await {
        open.push(done??);
    }
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
    // A private room without messages is not listed to the other person: its head is 0.
    let mine = places(|room| &room.members)
        .map(|(place, room)| (place, heads.get(room.name.as_str()).copied().unwrap_or(0)));
    Ok(Socket {
        writer: connection.writer(),
        sends_to: places(|room| &room.senders).map(|(place, _)| place).next(),
        inbox: Mutex::new(Inbox::new(mine, load.check, window.clone())),
    })
}

/// Reads a connection until it ends.
async fn read(
    mut connection: Connection,
    socket: Arc<Socket>,
    campaign: Arc<Campaign>,
    refills: bool,
) {
    let ended = loop {
        let answers = connection.receive(|frames| {
            let now = clock::now();
            let mut inbox = socket.inbox();
            let before = inbox.acknowledged + inbox.refused;
            for frame in frames {
                inbox.take(frame, now, &campaign.last);
            }
            inbox.acknowledged + inbox.refused - before
        });
        let answers = match answers.await {
            Ok(answers) => answers,
            Err(reason) => break reason,
        };
        if answers > 0 {
            campaign.answered.fetch_add(answers, Ordering::Relaxed);
        }
        let sent =
            if refills && answers > 0 { campaign.send_again(&socket, answers) } else { Ok(()) };
        if let Err(reason) = sent.and_then(|()| socket.writer.flush()) {
            break reason;
        }
    };
    if !campaign.over.load(Ordering::Relaxed) {
        socket.inbox().end(&ended.to_string());
    }
}

/// The counters at one moment.
#[derive(Clone, Copy, Default)]
struct Snapshot {
    at: u64,
    acknowledged: u64,
    refused: u64,
    delivered: u64,
    cpu: Seconds,
}

/// What the driving of a load left behind.
struct Played {
    begin: Snapshot,
    end: Snapshot,
    lateness: u64,
    overloaded: bool,
}

/// A load with everybody in place.
struct Stage<'a> {
    campaign: Arc<Campaign>,
    sockets: BTreeMap<usize, Arc<Socket>>,
    rooms: &'a [Room],
    meter: Meter,
}

impl Stage<'_> {
    async fn open_loop(
        &self,
        schedule: Schedule,
        rate: f64,
        window: &Range<u64>,
    ) -> Result<Played> {
        let turns: Vec<Vec<Arc<Socket>>> = self
            .rooms
            .iter()
            .map(|room| {
                room.senders.iter().map(|person| Arc::clone(&self.sockets[person])).collect()
            })
            .collect();
        let pacer =
            tokio::spawn(pace(Arc::clone(&self.campaign), turns, schedule, rate, window.end));
        let (begin, end) = self.watch(window).await?;
        let (lateness, overloaded) = pacer.await?;
        Ok(Played { begin, end, lateness, overloaded })
    }

    async fn closed_loop(&self, size: u32, length: Length, window: &Range<u64>) -> Result<Played> {
        let begin = self.snapshot()?;
        for socket in self.sockets.values() {
            self.campaign.send_again(socket, u64::from(size))?;
        }
        let (begin, end) = match length {
            Length::Time(..) => self.watch(window).await?,
            Length::Messages(count) => {
                self.settle(u64::from(count)).await;
                (begin, begin)
            }
        };
        self.campaign.limit.store(0, Ordering::Relaxed);
        Ok(Played { begin, end, lateness: 0, overloaded: false })
    }

    /// Takes the counters at both ends of the window.
    async fn watch(&self, window: &Range<u64>) -> Result<(Snapshot, Snapshot)> {
        clock::sleep_until(window.start).await;
        let begin = self.snapshot()?;
        clock::sleep_until(window.end).await;
        Ok((begin, self.snapshot()?))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot { cpu: self.meter.read()?, ..self.counters() })
    }

    fn counters(&self) -> Snapshot {
        let mut sum = Snapshot { at: clock::now(), ..Snapshot::default() };
        for socket in self.sockets.values() {
            let inbox = socket.inbox();
            sum.acknowledged += inbox.acknowledged;
            sum.refused += inbox.refused;
            sum.delivered += inbox.delivered;
        }
        sum
    }

    /// Waits until `sends` are answered and delivered to everybody, or nothing moves any more.
    /// What is then missing, the oracle says.
    async fn settle(&self, sends: u64) {
        let (mut progress, mut moved) = (0, clock::now());
        loop {
            let sum = self.counters();
            if sum.acknowledged + sum.refused >= sends && sum.delivered >= self.deliveries_owed() {
                return;
            }
            if sum.acknowledged + sum.refused + sum.delivered != progress {
                progress = sum.acknowledged + sum.refused + sum.delivered;
                moved = clock::now();
            } else if clock::now() - moved > clock::nanos(PATIENCE) {
                return;
            }
            for socket in self.sockets.values() {
                // A socket that cannot be written to ends its reader too, which notes why.
                socket.writer.flush().ok();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Deliveries that the acknowledged sends demand.
    fn deliveries_owed(&self) -> u64 {
        let room = |room: &Room| {
            let acknowledged = |person| self.sockets[person].inbox().acknowledged;
            room.senders.iter().map(acknowledged).sum::<u64>() * room.members.len() as u64
        };
        self.rooms.iter().map(room).sum()
    }

    fn outcome(&self, played: &Played, schedule: Option<Schedule>, window: &Range<u64>) -> Outcome {
        let (mut latency, mut answer_latency) = (Histogram::default(), Histogram::default());
        let mut by_page = 0;
        let inboxes: Vec<_> = self.sockets.values().map(|socket| socket.inbox()).collect();
        for inbox in &inboxes {
            latency.merge(&inbox.latency);
            answer_latency.merge(&inbox.answer_latency);
            by_page += inbox.by_page;
        }
        let (rooms, mut faults) = judge(inboxes.iter().map(|inbox| &**inbox), self.rooms.len());
        drop(inboxes);
        let sum = self.counters();
        let sent = u64::from(self.campaign.next.load(Ordering::Relaxed));
        if sum.acknowledged + sum.refused != sent {
            faults.note(|| {
                format!(
                    "{} of {sent} sends were never answered",
                    sent - sum.acknowledged - sum.refused
                )
            });
        }
        let mut last_receiver = Histogram::default();
        for (number, last) in self.campaign.last.iter().enumerate() {
            let due = schedule.map(|schedule| schedule.at(number as u32));
            if due.is_some_and(|due| window.contains(&due)) {
                last_receiver.record(u64::from(last.load(Ordering::Relaxed)) * 1_000);
            }
        }
        let (begin, end) = (played.begin, played.end);
        Outcome {
            faults,
            rooms,
            sent,
            acknowledged: sum.acknowledged,
            delivered: sum.delivered,
            by_page,
            seconds: (end.at - begin.at) as f64 / 1e9,
            window_acknowledged: end.acknowledged - begin.acknowledged,
            window_delivered: end.delivered - begin.delivered,
            cpu: end.cpu.since(begin.cpu),
            latency,
            answer_latency,
            last_receiver,
            lateness: Duration::from_nanos(played.lateness),
            overloaded: played.overloaded,
        }
    }
}

/// Sends on schedule until `end`: rooms in turn, in each its senders in turn. Answers by how
/// much it was late at worst, and whether it gave up because the server did not keep up.
async fn pace(
    campaign: Arc<Campaign>,
    turns: Vec<Vec<Arc<Socket>>>,
    schedule: Schedule,
    rate: f64,
    end: u64,
) -> (u64, bool) {
    let planned = schedule.before(end);
    let patience = (rate * PATIENCE_SECONDS_OF_ANSWERS) as u64 + 100;
    let (mut scratch, mut frame) = (Vec::new(), Vec::new());
    let mut lateness = 0;
    let mut number = 0;
    while number < planned {
        clock::sleep_until(schedule.at(number)).await;
        let now = clock::now();
        lateness = lateness.max(now.saturating_sub(schedule.at(number)));
        while number < planned && schedule.at(number) <= now {
            let turn = number as usize;
            let room = turn % turns.len();
            let senders = &turns[room];
            let socket = &senders[turn / turns.len() % senders.len()];
            frame.clear();
            campaign.write(room as u16, number, schedule.at(number), &mut scratch, &mut frame);
            number += 1;
            if let Err(reason) = socket.writer.send(&frame) {
                socket.inbox().end(&reason.to_string());
                campaign.next.store(number, Ordering::Relaxed);
                return (lateness, true);
            }
        }
        campaign.next.store(number, Ordering::Relaxed);
        if u64::from(number) > campaign.answered.load(Ordering::Relaxed) + patience {
            return (lateness, true);
        }
    }
    (lateness, false)
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
        let meter = Meter { server: std::process::id(), postmaster: None };
        run(address, &tokens, rooms, load, meter).await.unwrap()
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
