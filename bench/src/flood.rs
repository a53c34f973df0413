//! One account that floods the server, as a process of its own: it reads what it is to do from its
//! argument, does it for a bounded time as fast as the server lets it, waits for no refusal, and prints
//! what it got through.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use crate::failure::{Context, Failure, Result, fail};
use crate::ws::{Connection, encode_text};

/// The first argument of a process that floods.
pub(crate) const ARGUMENT: &str = "flood-process";

const SOCKETS: usize = 50;
const REQUESTS_AT_ONCE: usize = 40;
/// One write takes about so many bytes of small frames.
const WRITE_BYTES: usize = 16 * 1024;
const LARGE_FRAME: usize = 128 * 1024 - 64;

/// A kind of flood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    LargeFrames,
    EmptyFragments,
    Pings,
    Pages,
    Directory,
    Profile,
    Commands,
    Edits,
    Typing,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::LargeFrames,
        Self::EmptyFragments,
        Self::Pings,
        Self::Pages,
        Self::Directory,
        Self::Profile,
        Self::Commands,
        Self::Edits,
        Self::Typing,
    ];

    /// What it is called in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LargeFrames => "frames of 128 KiB over 50 sockets",
            Self::EmptyFragments => "empty continuation frames over 50 sockets",
            Self::Pings => "pings over 50 sockets",
            Self::Pages => "pages of long messages, 40 at once",
            Self::Directory => "searches in the directories, 40 at once",
            Self::Profile => "new display names, 40 at once",
            Self::Commands => "presence.watch, room.open and resume over 50 sockets",
            Self::Edits => "edits over 50 sockets",
            Self::Typing => "typing over 50 sockets",
        }
    }
}

/// What a process is to do.
#[derive(Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) seconds: u64,
    /// A room with long messages in which the account has written.
    pub(crate) room: String,
    /// A message of its own there.
    pub(crate) message: String,
}

impl Order {
    /// As the argument of the process.
    pub(crate) fn encode(&self) -> String {
        let kind = Kind::ALL.iter().position(|kind| *kind == self.kind);
        json!({"kind": kind, "address": self.address.to_string(), "token": self.token,
            "seconds": self.seconds, "room": self.room, "message": self.message})
        .to_string()
    }

    fn decode(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)?;
        let word = |name: &str| {
            let word = value[name].as_str().map(str::to_owned);
            word.ok_or_else(|| Failure::new(format!("an order without {name}")))
        };
        let kind = value["kind"].as_u64().and_then(|at| Kind::ALL.get(at as usize));
        let address = word("address")?.parse();
        Ok(Self {
            kind: *kind.ok_or_else(|| Failure::new("an order of no kind"))?,
            address: address.map_err(|_| Failure::new("an order without an address"))?,
            token: word("token")?,
            seconds: value["seconds"].as_u64().unwrap_or(1),
            room: word("room")?,
            message: word("message")?,
        })
    }
}

/// What a flood got through.
#[derive(Default)]
struct Counts {
    bytes: AtomicU64,
    answered: AtomicU64,
    refused: AtomicU64,
    ended: AtomicU64,
}

impl Counts {
    fn add(count: &AtomicU64, more: u64) {
        count.fetch_add(more, Ordering::Relaxed);
    }
}

/// Does what the argument says, and prints what came of it.
pub(crate) fn run(argument: &str) -> Result<()> {
    let order = Arc::new(Order::decode(argument)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let counts = runtime.block_on(flood(order))?;
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let story = json!({"bytes_sent": of(&counts.bytes), "answers": of(&counts.answered),
        "refusals": of(&counts.refused), "connections_ended": of(&counts.ended)});
    println!("{story}");
    Ok(())
}

async fn flood(order: Arc<Order>) -> Result<Arc<Counts>> {
    let until = tokio::time::Instant::from_std(Instant::now() + Duration::from_secs(order.seconds));
    let counts = Arc::new(Counts::default());
    let mut tasks = JoinSet::new();
    let at_once = if order.requests(0).is_some() { REQUESTS_AT_ONCE } else { SOCKETS };
    for number in 0..at_once {
        let (order, counts) = (order.clone(), counts.clone());
        tasks.spawn(async move {
            let flood = async {
                loop {
                    let ended = match order.requests(number) {
                        Some(requests) => ask(&order, &requests, &counts).await,
                        None => say(&order, number, &counts).await,
                    };
                    if ended.is_err() {
                        Counts::add(&counts.ended, 1);
                        // Whoever is not let in tries again, though not in a busy loop of its own.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            };
            let _: std::result::Result<(), _> = timeout_at(until, flood).await;
        });
    }
    while tasks.join_next().await.is_some() {}
    Ok(counts)
}

impl Order {
    /// The requests of one connection, which are made in turn; `None` for a flood over sockets.
    fn requests(&self, number: usize) -> Option<Vec<Vec<u8>>> {
        let get = |path: &str| self.request("GET", path, "");
        let room = &self.room;
        match self.kind {
            Kind::Pages => Some(vec![
                get(&format!("/rooms/{room}/messages?limit=100")),
                get(&format!("/rooms/{room}/changes?limit=100")),
            ]),
            Kind::Directory => {
                Some(vec![get("/users?q=enc&limit=100"), get("/directory/rooms?q=enc&limit=100")])
            }
            Kind::Profile => {
                let named = |turn: usize| {
                    let body = json!({"display_name": format!("Flood {number} {turn}")});
                    self.request("PATCH", "/users/me", &body.to_string())
                };
                Some((0..2).map(named).collect())
            }
            _ => None,
        }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )
        .into_bytes()
    }

    /// What one socket writes over and over, after what it writes once.
    fn frames(&self, number: usize) -> (Vec<u8>, Vec<u8>) {
        let text = |value: Value| {
            let mut frame = Vec::new();
            encode_text(value.to_string().as_bytes(), &mut frame);
            frame
        };
        let many = |frames: &[Vec<u8>]| {
            let round = frames.concat();
            round.repeat((WRITE_BYTES / round.len()).max(1))
        };
        let room = &self.room;
        match self.kind {
            Kind::LargeFrames => {
                let padding = "x".repeat(LARGE_FRAME - 40);
                (Vec::new(), text(json!({"type": "ping", "padding": padding})))
            }
            Kind::EmptyFragments => {
                let begun = vec![0x01, 0x81, 0, 0, 0, 0, b'{'];
                (begun, many(&[vec![0x00, 0x80, 0, 0, 0, 0]]))
            }
            Kind::Pings => (Vec::new(), many(&[vec![0x89, 0x80, 0, 0, 0, 0]])),
            Kind::Commands => {
                let everybody: Vec<usize> = (1..=100).collect();
                let round = [
                    text(json!({"type": "presence.watch", "user_ids": everybody})),
                    text(json!({"type": "room.open", "room": room})),
                    text(json!({"type": "resume", "rooms": {room: 1}})),
                    text(json!({"type": "room.close", "room": room})),
                ];
                (Vec::new(), many(&round))
            }
            Kind::Edits => {
                let edit = |turn: usize| {
                    text(json!({"type": "message.edit", "room": room, "message_id": self.message,
                        "text": format!("edit {number} {turn}")}))
                };
                (Vec::new(), many(&[edit(0), edit(1)]))
            }
            _ => {
                let typing = |room: &str| text(json!({"type": "typing", "room": room}));
                (Vec::new(), many(&[typing("general"), typing(room)]))
            }
        }
    }
}

/// Asks over one connection until it ends.
async fn ask(order: &Order, requests: &[Vec<u8>], counts: &Counts) -> Result<()> {
    let mut stream = TcpStream::connect(order.address).await.context("connecting")?;
    let mut buffer = Vec::new();
    for request in requests.iter().cycle() {
        stream.write_all(request).await.context("asking")?;
        Counts::add(&counts.bytes, request.len() as u64);
        let head = loop {
            if let Some(end) = memchr::memmem::find(&buffer, b"\r\n\r\n") {
                break String::from_utf8_lossy(&buffer.drain(..end + 4).collect::<Vec<_>>())
                    .to_ascii_lowercase();
            }
            if stream.read_buf(&mut buffer).await.context("reading")? == 0 {
                return fail("the server hung up");
            }
        };
        let length = head.split_once("content-length: ").and_then(|(_, rest)| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok()
        });
        let length = length.ok_or_else(|| Failure::new("an answer without a length"))?;
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await.context("reading")? == 0 {
                return fail("the server hung up");
            }
        }
        buffer.drain(..length);
        let refused = head.starts_with("http/1.1 429");
        Counts::add(if refused { &counts.refused } else { &counts.answered }, 1);
    }
    Ok(())
}

/// Talks over one socket until it ends.
async fn say(order: &Order, number: usize, counts: &Counts) -> Result<()> {
    let mut connection = Connection::open(order.address, "/ws").await?;
    connection.authenticate(&order.token).await?;
    let writer = connection.writer();
    let (once, again) = order.frames(number);
    let writing = async {
        writer.write_all(&once).await?;
        loop {
            writer.write_all(&again).await?;
            Counts::add(&counts.bytes, again.len() as u64);
        }
    };
    let reading = async {
        loop {
            let heard = connection.receive(|frames| {
                let (mut answers, mut refusals) = (0, 0);
                for frame in frames {
                    let refused =
                        memchr::memmem::find(frame.as_bytes(), br#""code":"rate_limited""#);
                    if refused.is_some() { refusals += 1 } else { answers += 1 }
                }
                (answers, refusals)
            });
            let (answers, refusals) = heard.await?;
            Counts::add(&counts.answered, answers);
            Counts::add(&counts.refused, refusals);
        }
    };
    tokio::select! {
        ended = writing => ended,
        ended = reading => ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_given() {
        for kind in Kind::ALL {
            let order = Order {
                kind,
                address: "127.0.0.1:8000".parse().unwrap(),
                token: "a token".to_owned(),
                seconds: 7,
                room: "tea".to_owned(),
                message: "an id".to_owned(),
            };
            let again = Order::decode(&order.encode()).unwrap();
            assert_eq!(again, order);
        }
        assert!(Order::decode("{}").is_err());
    }
}
