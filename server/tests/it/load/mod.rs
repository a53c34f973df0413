//! People under whom the server is killed: senders that pipeline creates, edits and deletes over
//! sockets and REST, and receivers that go on from their cursors after each reconnect. They write
//! down what they heard and what was acknowledged, and judge nothing themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::oracle::{Diary, Heard, Promises};
use crate::support::{Next, Person, Socket};

/// So many operations of one sender are on their way at once.
const PIPELINE: usize = 8;
/// Nothing that is waited for here takes longer.
const PATIENCE: Duration = Duration::from_secs(40);
/// A client whose connection failed tries again after this time.
const BACK_OFF: Duration = Duration::from_millis(20);

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
    acknowledged: watch::Sender<usize>,
    refused: watch::Sender<usize>,
    /// How many socket senders have settled.
    settled: watch::Sender<usize>,
    phase: watch::Sender<Phase>,
}

/// Everybody at work.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    socket_senders: usize,
    rest: Vec<JoinHandle<()>>,
    sockets: Vec<JoinHandle<Diary>>,
}

/// Waits until a watched value is as wished.
async fn wait_for<T: Clone>(value: &watch::Sender<T>, what: &str, wish: impl FnMut(&T) -> bool) {
    let mut seen = value.subscribe();
    let waited = tokio::time::timeout(PATIENCE, seen.wait_for(wish)).await;
    assert!(waited.is_ok(), "{what} within {PATIENCE:?}");
}

impl Load {
    pub(crate) fn new() -> Self {
        let shared = Shared {
            promises: Mutex::default(),
            acknowledged: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            settled: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Load),
        };
        Self { shared: Arc::new(shared), socket_senders: 0, rest: vec![], sockets: vec![] }
    }

    /// Somebody on a socket who is a member of these rooms; with a seed they also write.
    pub(crate) fn on_a_socket(&mut self, person: &Person, rooms: &[&str], writes: Option<u64>) {
        let names = || rooms.iter().map(|room| (*room).to_owned());
        // Everybody is in the default room, where nothing is written.
        let may_hear = names().chain(["general".to_owned()]).collect::<BTreeSet<_>>();
        self.socket_senders += usize::from(writes.is_some());
        let participant = Participant {
            person: person.clone(),
            shared: self.shared.clone(),
            cursors: names().map(|room| (room, 0)).collect(),
            diary: Diary { who: person.username.clone(), rooms: may_hear, heard: Vec::new() },
            work: writes.map(|seed| Work::new(seed, names().collect())),
            has_settled: false,
        };
        self.sockets.push(tokio::spawn(participant.live()));
    }

    /// Somebody who writes by REST in these rooms.
    pub(crate) fn by_rest(&mut self, person: &Person, rooms: &[&str], seed: u64) {
        let rooms = rooms.iter().map(|room| (*room).to_owned()).collect();
        let (person, shared) = (person.clone(), self.shared.clone());
        self.rest.push(tokio::spawn(write_by_rest(person, shared, Work::new(seed, rooms))));
    }

    /// What was promised so far.
    pub(crate) fn promises(&self) -> Promises {
        self.shared.promises.lock().unwrap().clone()
    }

    /// How many operations were refused for now, so far.
    pub(crate) fn refused(&self) -> usize {
        *self.shared.refused.borrow()
    }

    /// Waits until so many more operations are acknowledged.
    pub(crate) async fn acknowledges(&self, more: usize) {
        let target = *self.shared.acknowledged.borrow() + more;
        let what = format!("{more} more acknowledgements");
        wait_for(&self.shared.acknowledged, &what, |count| *count >= target).await;
    }

    /// Lets everybody settle what is on its way and write nothing more.
    pub(crate) async fn settles(&mut self) {
        self.shared.phase.send_replace(Phase::Settle);
        for task in self.rest.drain(..) {
            tokio::time::timeout(PATIENCE, task).await.expect("REST senders settle").unwrap();
        }
        let all = self.socket_senders;
        wait_for(&self.shared.settled, "all senders settled", |count| *count == all).await;
    }

    /// Waits until everybody has heard everything up to these numbers; answers what they heard.
    pub(crate) async fn ends(&mut self, heads: BTreeMap<String, i64>) -> Vec<Diary> {
        self.shared.phase.send_replace(Phase::End(heads));
        let mut diaries = Vec::new();
        for task in self.sockets.drain(..) {
            let ended = tokio::time::timeout(PATIENCE, task).await;
            diaries.push(ended.expect("everybody hears everything in time").unwrap());
        }
        diaries
    }
}

impl Shared {
    fn attempt(&self, operation: &Operation) {
        if let Action::Create { client_id, .. } = &operation.action {
            self.promises.lock().unwrap().attempted.insert(client_id.to_string());
        }
    }

    fn acknowledge(&self, message: &Value) {
        self.promises.lock().unwrap().acknowledged.push(message.clone());
        self.acknowledged.send_modify(|count| *count += 1);
    }

    fn is_loading(&self) -> bool {
        *self.phase.borrow() == Phase::Load
    }
}

#[derive(Clone, Debug)]
enum Action {
    Create { client_id: Uuid, text: String },
    Edit { id: String, text: String },
    Delete { id: String },
}

#[derive(Clone, Debug)]
struct Operation {
    room: String,
    action: Action,
}

impl Operation {
    fn frame(&self, reference: &str) -> Value {
        let room = &self.room;
        match &self.action {
            Action::Create { client_id, text } => json!({"type": "message.send",
                "ref": reference, "room": room, "client_id": client_id, "text": text}),
            Action::Edit { id, text } => json!({"type": "message.edit",
                "ref": reference, "room": room, "message_id": id, "text": text}),
            Action::Delete { id } => json!({"type": "message.delete",
                "ref": reference, "room": room, "message_id": id}),
        }
    }

    fn request(&self) -> (Method, String, Option<Value>) {
        let messages = format!("/rooms/{}/messages", self.room);
        match &self.action {
            Action::Create { client_id, text } => {
                (Method::POST, messages, Some(json!({"client_id": client_id, "text": text})))
            }
            Action::Edit { id, text } => {
                (Method::PATCH, format!("{messages}/{id}"), Some(json!({"text": text})))
            }
            Action::Delete { id } => (Method::DELETE, format!("{messages}/{id}"), None),
        }
    }
}

/// What one sender still wants to do. A message is changed at most once, as the oracle asks for.
#[derive(Debug)]
struct Work {
    random: StdRng,
    rooms: Vec<String>,
    /// To be done before anything new: retries, edits and deletes.
    waiting: VecDeque<Operation>,
    in_flight: HashMap<String, Operation>,
    made: usize,
}

impl Work {
    fn new(seed: u64, rooms: Vec<String>) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { random, rooms, waiting: VecDeque::new(), in_flight: HashMap::new(), made: 0 }
    }

    fn next(&mut self, may_make_new: bool) -> Option<Operation> {
        if let Some(waiting) = self.waiting.pop_front() {
            return Some(waiting);
        }
        may_make_new.then(|| {
            self.made += 1;
            let room = self.rooms[self.random.random_range(0..self.rooms.len())].clone();
            let text = format!("message {} of this sender", self.made);
            Operation { room, action: Action::Create { client_id: Uuid::new_v4(), text } }
        })
    }

    /// An operation was acknowledged: some messages are then edited, some deleted.
    fn done(&mut self, operation: &Operation, message: &Value) {
        let Action::Create { text, .. } = &operation.action else { return };
        let id = message["id"].as_str().unwrap().to_owned();
        let action = match self.random.random_range(0..8) {
            0 | 1 => Action::Edit { id, text: format!("{text}, edited") },
            2 => Action::Delete { id },
            _ => return,
        };
        self.waiting.push_back(Operation { room: operation.room.clone(), action });
    }

    /// The outcome of everything on its way is unknown: it is to be tried again.
    fn interrupted(&mut self) {
        self.waiting.extend(self.in_flight.drain().map(|(_, operation)| operation));
    }

    fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty()
    }
}

async fn write_by_rest(person: Person, shared: Arc<Shared>, mut work: Work) {
    loop {
        let may_make_new = shared.is_loading();
        let operations: Vec<_> =
            std::iter::from_fn(|| work.next(may_make_new)).take(PIPELINE / 2).collect();
        if operations.is_empty() {
            return;
        }
        let answers = operations.iter().map(|operation| {
            shared.attempt(operation);
            let (method, path, body) = operation.request();
            let person = person.clone();
            async move { person.tries(method, &path, body).await }
        });
        let answers = join_all(answers).await;
        let mut has_failed = false;
        for (operation, answer) in operations.into_iter().zip(answers) {
            match answer {
                Ok(answer) if answer.status.is_success() => {
                    shared.acknowledge(&answer.body);
                    work.done(&operation, &answer.body);
                    continue;
                }
                Ok(answer) => {
                    answer.expect_problem(503, "unavailable");
                    shared.refused.send_modify(|count| *count += 1);
                }
                // No answer: the outcome is unknown.
                Err(_) => {}
            }
            has_failed = true;
            work.waiting.push_front(operation);
        }
        if has_failed {
            tokio::time::sleep(BACK_OFF).await;
        }
    }
}

/// Somebody on a socket.
struct Participant {
    person: Person,
    shared: Arc<Shared>,
    cursors: BTreeMap<String, i64>,
    diary: Diary,
    work: Option<Work>,
    has_settled: bool,
}

/// The connection ended.
struct Ended;

impl Participant {
    async fn live(mut self) -> Diary {
        while let Err(Ended) = self.connection().await {
            if let Some(work) = &mut self.work {
                work.interrupted();
            }
            tokio::time::sleep(BACK_OFF).await;
        }
        self.diary
    }

    /// One connection; `Ok` when everything was heard that was to be heard.
    async fn connection(&mut self) -> Result<(), Ended> {
        let mut phase = self.shared.phase.subscribe();
        let opened = Socket::try_open(&self.person.address, "/ws", &[]).await;
        let mut socket = opened.map_err(|_| Ended)?;
        let resume = json!({"rooms": self.cursors});
        let auth = json!({"type": "auth", "token": self.person.access_token, "resume": resume});
        socket.tries_to_say(auth).await.map_err(|_| Ended)?;
        self.diary.heard.push(Heard::Connected(self.cursors.clone()));
        let mut is_ready = false;
        loop {
            if is_ready {
                self.write(&mut socket).await?;
                if self.has_heard_everything() {
                    return self.last_words(&mut socket).await;
                }
            }
            tokio::select! {
                // Who has nothing to hear may wait for as long as the run lasts.
                next = socket.next_whenever() => match next {
                    Next::Frame(frame) => {
                        is_ready |= frame["type"] == "ready";
                        self.hear(&frame);
                    }
                    Next::Closed(code) => {
                        let comes_back = code.is_none_or(|code| (4000..4500).contains(&code));
                        assert!(comes_back, "{} was closed: {code:?}", self.person.username);
                        return Err(Ended);
                    }
                },
                _ = phase.changed() => {}
            }
        }
    }

    /// Keeps the pipeline full.
    async fn write(&mut self, socket: &mut Socket) -> Result<(), Ended> {
        let Some(work) = &mut self.work else { return Ok(()) };
        let may_make_new = self.shared.is_loading();
        while work.in_flight.len() < PIPELINE {
            let Some(operation) = work.next(may_make_new) else { break };
            self.shared.attempt(&operation);
            let reference = Uuid::new_v4().to_string();
            let frame = operation.frame(&reference);
            work.in_flight.insert(reference, operation);
            socket.tries_to_say(frame).await.map_err(|_| Ended)?;
        }
        if !may_make_new && work.is_settled() && !self.has_settled {
            self.has_settled = true;
            self.shared.settled.send_modify(|count| *count += 1);
        }
        Ok(())
    }

    fn has_heard_everything(&self) -> bool {
        match &*self.shared.phase.borrow() {
            Phase::End(heads) => self.cursors.iter().all(|(room, cursor)| *cursor >= heads[room]),
            _ => false,
        }
    }

    /// Whatever was on its way to this socket has been heard when the pong comes.
    async fn last_words(&mut self, socket: &mut Socket) -> Result<(), Ended> {
        socket.tries_to_say(json!({"type": "ping", "ref": "last"})).await.map_err(|_| Ended)?;
        loop {
            match socket.next().await {
                Next::Frame(frame) if frame["ref"] == "last" => return Ok(()),
                Next::Frame(frame) => self.hear(&frame),
                Next::Closed(_) => return Err(Ended),
            }
        }
    }

    fn hear(&mut self, frame: &Value) {
        let room = || frame["room"].as_str().unwrap().to_owned();
        match frame["type"].as_str().unwrap() {
            "message.created" | "message.updated" | "message.deleted" => {
                let number = frame["seq"].as_i64().unwrap();
                self.cursors.insert(room(), number);
                let message = frame["message"].clone();
                self.diary.heard.push(Heard::Change { room: room(), number, message });
            }
            "sync" => {
                let messages = frame["messages"].as_array().unwrap().clone();
                let last_seq = frame["last_seq"].as_i64().unwrap();
                let (more, reset) = (frame["more"] == true, frame["reset"] == true);
                let newest = messages.last().map(|last| last["changed_seq"].as_i64().unwrap());
                let cursor = newest.filter(|_| more).unwrap_or(last_seq);
                self.cursors.insert(room(), cursor);
                let page = Heard::Page { room: room(), messages, last_seq, more, reset };
                self.diary.heard.push(page);
            }
            "ok" | "error" => self.hear_answer(frame),
            "ready" => {
                for room in frame["rooms"].as_array().unwrap() {
                    let room = room["name"].as_str().unwrap().to_owned();
                    self.diary.heard.push(Heard::Mention { room });
                }
            }
            _ if frame["room"].is_string() => {
                self.diary.heard.push(Heard::Mention { room: room() });
            }
            _ => {}
        }
    }

    fn hear_answer(&mut self, frame: &Value) {
        let work = self.work.as_mut().expect("only who writes is answered");
        let reference = frame["ref"].as_str().expect("a ref");
        let operation = work.in_flight.remove(reference).expect("one answer to each operation");
        if frame["type"] == "ok" {
            self.shared.acknowledge(&frame["message"]);
            work.done(&operation, &frame["message"]);
        } else {
            assert_eq!(frame["error"]["code"], "unavailable", "{frame:#}");
            assert!(frame["error"]["retry_after_ms"].is_u64(), "{frame:#}");
            self.shared.refused.send_modify(|count| *count += 1);
            work.waiting.push_back(operation);
        }
    }
}
