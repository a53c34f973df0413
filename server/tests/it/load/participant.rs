//! Somebody on a socket, who comes back as often as it takes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::{sleep, sleep_until, timeout};
use uuid::Uuid;

use super::oracle::{Diary, Heard};
use super::work::Work;
use super::{Habits, Phase, Shared};
use crate::support::{Next, Person, Socket};

pub(super) struct Participant {
    pub(super) person: Person,
    /// Where there are servers; the person's own is the first that is tried.
    pub(super) addresses: Vec<String>,
    pub(super) habits: Habits,
    pub(super) shared: Arc<Shared>,
    pub(super) cursors: BTreeMap<String, i64>,
    pub(super) diary: Arc<Mutex<Diary>>,
    pub(super) work: Option<Work>,
    pub(super) has_settled: bool,
}

/// The connection ended.
enum Ended {
    /// It never got as far as being ready: the next server may.
    Early,
    /// It was of use.
    Late,
    /// The server is about to stop and says when to come back, elsewhere.
    Draining(Duration),
    /// The access token is over.
    TokenOver,
}

/// What a connection knows of itself.
struct Course {
    is_ready: bool,
    /// When something was last heard.
    heard: Instant,
    /// Whether it was asked since whether anybody is there.
    has_asked: bool,
    /// Not earlier than this is something sent.
    sends_at: Instant,
    /// How often in a row a command was refused for now.
    refusals: u32,
    draining: Option<Duration>,
}

impl Course {
    fn new() -> Self {
        let now = Instant::now();
        let (is_ready, has_asked, refusals, draining) = (false, false, 0, None);
        Self { is_ready, heard: now, has_asked, sends_at: now, refusals, draining }
    }

    fn ended(&self) -> Ended {
        match self.draining {
            Some(pause) => Ended::Draining(pause),
            None if self.is_ready => Ended::Late,
            None => Ended::Early,
        }
    }
}

impl Participant {
    pub(super) async fn live(mut self) {
        let mut failures = 0;
        while let Err(ended) = self.connection().await {
            if let Some(work) = &mut self.work {
                work.interrupted();
            }
            let mut pause = self.habits.back_off;
            match ended {
                Ended::Late => failures = 0,
                Ended::Early => {
                    self.goes_elsewhere();
                    pause = self.habits.back_off_after(failures);
                    failures += 1;
                }
                Ended::Draining(after) => {
                    self.goes_elsewhere();
                    pause = after;
                }
                Ended::TokenOver => {
                    self.person.tries_to_renew().await;
                }
            }
            sleep(pause).await;
        }
    }

    fn goes_elsewhere(&mut self) {
        let here = self.addresses.iter().position(|address| *address == self.person.address);
        let next = here.map_or(0, |here| (here + 1) % self.addresses.len());
        self.person.address.clone_from(&self.addresses[next]);
    }

    async fn open(&self) -> Option<Socket> {
        let opened = Socket::try_open(&self.person.address, "/ws", &[]);
        let mut socket = timeout(self.habits.silence * 2, opened).await.ok()?.ok()?;
        let resume = json!({"rooms": self.cursors});
        let auth = json!({"type": "auth", "token": self.person.access_token, "resume": resume});
        socket.tries_to_say(auth).await.ok()?;
        Some(socket)
    }

    /// One connection; `Ok` when everything was heard that was to be heard.
    async fn connection(&mut self) -> Result<(), Ended> {
        let mut phase = self.shared.phase.subscribe();
        self.shared.connections.send_modify(|count| *count += 1);
        let mut socket = self.open().await.ok_or(Ended::Early)?;
        self.note(Heard::Connected(self.cursors.clone()));
        let mut course = Course::new();
        loop {
            if course.is_ready {
                self.write(&mut socket, &mut course).await?;
                if self.has_heard_everything() {
                    return self.last_words(&mut socket, &mut course).await;
                }
            }
            let wake = self.wakes_at(&course);
            tokio::select! {
                // Who has nothing to hear may wait for as long as the run lasts.
                next = socket.next_whenever() => self.heard_next(next, &mut course)?,
                () = sleep_until(wake.into()) => self.ask(&mut socket, &mut course).await?,
                _ = phase.changed() => {}
            }
        }
    }

    /// When there is something to do, though nothing was heard.
    fn wakes_at(&self, course: &Course) -> Instant {
        let silent = course.heard + self.habits.silence * if course.has_asked { 2 } else { 1 };
        let writes = self.work.as_ref().is_some_and(|work| self.has_more(work));
        if course.is_ready && writes { silent.min(course.sends_at) } else { silent }
    }

    fn has_more(&self, work: &Work) -> bool {
        let has_room = work.in_flight.len() < self.habits.pipeline;
        has_room && (self.shared.is_loading() || !work.waiting.is_empty())
    }

    fn heard_next(&mut self, next: Next, course: &mut Course) -> Result<(), Ended> {
        match next {
            Next::Frame(frame) => {
                course.heard = Instant::now();
                course.has_asked = false;
                self.hear(&frame, course);
                Ok(())
            }
            Next::Closed(Some(4004)) => Err(Ended::TokenOver),
            Next::Closed(code) => {
                let comes_back = code.is_none_or(|code| (4000..4500).contains(&code));
                assert!(comes_back, "{} was closed: {code:?}", self.person.username);
                Err(course.ended())
            }
        }
    }

    /// It has been silent: somebody is there, or it is given up.
    async fn ask(&self, socket: &mut Socket, course: &mut Course) -> Result<(), Ended> {
        let silent = course.heard.elapsed();
        if silent >= self.habits.silence * 2 {
            return Err(course.ended());
        }
        if silent >= self.habits.silence && !course.has_asked {
            course.has_asked = true;
            let ping = json!({"type": "ping"});
            self.say(socket, ping, course).await?;
        }
        Ok(())
    }

    async fn say(&self, socket: &mut Socket, frame: Value, course: &Course) -> Result<(), Ended> {
        let said = timeout(self.habits.silence * 2, socket.tries_to_say(frame)).await;
        said.ok().and_then(Result::ok).ok_or_else(|| course.ended())
    }

    /// Keeps the pipeline full.
    async fn write(&mut self, socket: &mut Socket, course: &mut Course) -> Result<(), Ended> {
        let may_make_new = self.shared.is_loading();
        while let Some(work) = &mut self.work {
            let now = Instant::now();
            if work.in_flight.len() >= self.habits.pipeline || now < course.sends_at {
                break;
            }
            let Some(operation) = work.next(may_make_new) else { break };
            self.shared.attempt(&operation);
            let reference = Uuid::new_v4().to_string();
            let frame = operation.frame(&reference);
            work.in_flight.insert(reference, (operation, Instant::now()));
            course.sends_at = now + self.habits.pace;
            self.say(socket, frame, course).await?;
        }
        let is_settled = self.work.as_ref().is_some_and(Work::is_settled);
        if !may_make_new && is_settled && !self.has_settled {
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
    async fn last_words(&mut self, socket: &mut Socket, course: &mut Course) -> Result<(), Ended> {
        self.say(socket, json!({"type": "ping", "ref": "last"}), course).await?;
        loop {
            match socket.next().await {
                Next::Frame(frame) if frame["ref"] == "last" => return Ok(()),
                next => self.heard_next(next, course)?,
            }
        }
    }

    fn note(&self, heard: Heard) {
        self.diary.lock().unwrap().heard.push(heard);
    }

    fn hear(&mut self, frame: &Value, course: &mut Course) {
        let room = || frame["room"].as_str().unwrap().to_owned();
        match frame["type"].as_str().unwrap() {
            "message.created" | "message.updated" | "message.deleted" => {
                let number = frame["seq"].as_i64().unwrap();
                self.moves(room(), number, &[number]);
                let message = frame["message"].clone();
                self.note(Heard::Change { room: room(), number, message });
            }
            "sync" => {
                let messages = frame["messages"].as_array().unwrap().clone();
                let last_seq = frame["last_seq"].as_i64().unwrap();
                let (more, reset) = (frame["more"] == true, frame["reset"] == true);
                let numbers: Vec<_> =
                    messages.iter().map(|one| one["changed_seq"].as_i64().unwrap()).collect();
                let cursor = numbers.last().copied().filter(|_| more).unwrap_or(last_seq);
                self.moves(room(), cursor, &numbers);
                self.note(Heard::Page { room: room(), messages, last_seq, more, reset });
            }
            "ok" | "error" => self.hear_answer(frame, course),
            "ready" => {
                course.is_ready = true;
                for room in frame["rooms"].as_array().unwrap() {
                    let room = room["name"].as_str().unwrap().to_owned();
                    self.note(Heard::Mention { room });
                }
            }
            "draining" => {
                let pause = frame["retry_after_ms"].as_u64().unwrap();
                course.draining = Some(Duration::from_millis(pause));
            }
            "room.removed" => {
                self.cursors.remove(&room());
                self.shared.times.lock().unwrap().is_at(&self.person.username, &self.cursors);
            }
            _ if frame["room"].is_string() => self.note(Heard::Mention { room: room() }),
            _ => {}
        }
    }

    /// A room has been heard up to here; of what was heard, some may be known.
    fn moves(&mut self, room: String, cursor: i64, heard: &[i64]) {
        let mut times = self.shared.times.lock().unwrap();
        let before = self.cursors.get(&room).copied().unwrap_or_default();
        for number in heard.iter().filter(|number| **number > before) {
            times.hears(&self.person.username, &room, *number);
        }
        self.cursors.insert(room, cursor);
        times.is_at(&self.person.username, &self.cursors);
    }

    fn hear_answer(&mut self, frame: &Value, course: &mut Course) {
        let Some(work) = &mut self.work else { panic!("only who writes is answered: {frame:#}") };
        let reference = frame["ref"].as_str().expect("a ref");
        let answered = work.in_flight.remove(reference);
        let (operation, attempted) = answered.expect("one answer to each operation");
        if frame["type"] == "ok" {
            course.refusals = 0;
            self.shared.acknowledge(&frame["message"], attempted);
            work.done(&operation, &frame["message"]);
        } else {
            assert_eq!(frame["error"]["code"], "unavailable", "{frame:#}");
            assert!(frame["error"]["retry_after_ms"].is_u64(), "{frame:#}");
            self.shared.refused.send_modify(|count| *count += 1);
            work.waiting.push_back(operation);
            course.sends_at = Instant::now() + self.habits.back_off_after(course.refusals);
            course.refusals += 1;
        }
    }
}
