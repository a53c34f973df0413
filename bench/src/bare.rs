//! A bare broadcast: a chat that knows nobody, checks nothing and stores nothing, and hands each message to
//! whoever is in its room. What Adda costs beside it, in the same run, is what its promises cost, on any
//! machine.
//!
//! It runs in a process of its own, of this very program, on one thread as Adda does by default.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use adda_websocket::{Event, Reader, Role, accept_key};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::cpu::Meter;
use crate::failure::{Context, Failure, Result};
use crate::load::Room;
use crate::process::Process;
use crate::server::free_port;

/// The first argument of a process that is one.
pub(crate) const ARGUMENT: &str = "bare-broadcast-process";

/// So many frames wait for a socket, which is ended beyond it.
const WAITING: usize = 4_096;
const GREATEST_MESSAGE: usize = 64 * 1024;
const END: Duration = Duration::from_secs(5);

/// A running one.
pub(crate) struct Bare {
    process: Process,
    address: SocketAddr,
    /// What the people of its rooms show, by their places.
    pub(crate) tokens: Vec<String>,
}

impl Bare {
    /// Starts one with these rooms, and waits until it listens.
    pub(crate) async fn start(rooms: &[Room], folder: &Path) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let order = folder.join("bare.json");
        let of_room = |room: &Room| json!({"name": room.name, "members": room.members});
        let rooms_of: Vec<Value> = rooms.iter().map(of_room).collect();
        let content = json!({"address": address.to_string(), "rooms": rooms_of}).to_string();
        std::fs::write(&order, content).context(order.display())?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ARGUMENT).arg(&order);
        let process = Process::start(&mut command, &folder.join("bare.log"), "TERM", END)?;
        let people = rooms.iter().flat_map(|room| &room.members).max().map_or(0, |most| most + 1);
        let mut bare =
            Self { process, address, tokens: (0..people).map(|it| it.to_string()).collect() };
        while TcpStream::connect(address).await.is_err() {
            bare.process.require_running().context("the bare broadcast")?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(bare)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn meter(&self) -> Meter {
        Meter { nodes: vec![self.process.id()], ..Meter::default() }
    }
}

/// Is the process that [`Bare::start`] starts, until it is ended.
pub(crate) fn run(order: &str) -> Result<()> {
    let order: Value = serde_json::from_slice(&std::fs::read(order).context(order)?)?;
    let address = order["address"].as_str().unwrap_or_default().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rooms = Rooms::of(&order["rooms"])?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        serve(TcpListener::bind(&address).await.context(address)?, rooms).await
    })
}

async fn serve(listener: TcpListener, rooms: Rooms) -> Result<()> {
    let rooms = Rc::new(RefCell::new(rooms));
    loop {
        let (stream, _) = listener.accept().await?;
        let rooms = Rc::clone(&rooms);
        tokio::task::spawn_local(async move {
            // Whoever hangs up in the middle of anything is gone.
            let _ = Socket::talk(stream, rooms).await;
        });
    }
}

type Queue = mpsc::Sender<Bytes>;

struct Rooms {
    by_name: HashMap<String, Members>,
}

struct Members {
    people: Vec<String>,
    last_seq: u64,
    sockets: Vec<Queue>,
}

impl Rooms {
    fn of(order: &Value) -> Result<Self> {
        let absent = || Failure::new("an order without its rooms");
        let mut by_name = HashMap::new();
        for room in order.as_array().ok_or_else(absent)? {
            let name = room["name"].as_str().ok_or_else(absent)?.to_owned();
            let members = room["members"].as_array().ok_or_else(absent)?;
            let people = members.iter().map(Value::to_string).collect();
            by_name.insert(name, Members { people, last_seq: 0, sockets: Vec::new() });
        }
        Ok(Self { by_name })
    }

    /// Somebody's rooms, to which they listen from now on.
    fn enter(&mut self, person: &str, queue: &Queue) -> Vec<Value> {
        let mut rooms = Vec::new();
        for (name, room) in &mut self.by_name {
            if room.people.iter().any(|it| it == person) {
                room.sockets.push(queue.clone());
                rooms.push(json!({"name": name, "last_seq": room.last_seq}));
            }
        }
        rooms
    }

    /// Hands a message to everybody in its room; answers its sender.
    fn send(&mut self, person: &str, send: &Value) -> Option<Bytes> {
        let room = self.by_name.get_mut(send["room"].as_str()?)?;
        room.last_seq += 1;
        let seq = room.last_seq;
        let message = json!({
            "id": send["client_id"], "room": send["room"], "seq": seq, "changed_seq": seq,
            "client_id": send["client_id"],
            "sender": {"id": 1, "username": person, "display_name": person},
            "text": send["text"], "links": [], "mentions": [],
            "created_at": "2026-01-01T00:00:00.000Z",
        })
        .to_string();
        let event = format!(
            r#"{{"type":"message.created","room":{},"seq":{seq},"message":{message}}}"#,
            send["room"]
        );
        let frame = adda_websocket::text(&event);
        room.sockets.retain(|socket| socket.try_send(frame.clone()).is_ok());
        let answer = format!(
            r#"{{"type":"ok","ref":{},"duplicate":false,"message":{message}}}"#,
            send["ref"]
        );
        Some(adda_websocket::text(&answer))
    }
}

/// What arrives from one client.
struct Socket {
    half: OwnedReadHalf,
    reader: Reader,
    bytes: Vec<u8>,
}

impl Socket {
    async fn talk(mut stream: TcpStream, rooms: Rc<RefCell<Rooms>>) -> io::Result<()> {
        stream.set_nodelay(true)?;
        upgrade(&mut stream).await?;
        let (half, mut writer) = stream.into_split();
        let reader = Reader::new(Role::Server, GREATEST_MESSAGE);
        let mut socket = Self { half, reader, bytes: Vec::new() };
        let (queue, mut waiting) = mpsc::channel::<Bytes>(WAITING);
        tokio::task::spawn_local(async move {
            while let Some(frame) = waiting.recv().await {
                if writer.write_all(&frame).await.is_err() {
                    break;
                }
            }
        });
        let Some(auth) = socket.next().await? else { return Ok(()) };
        let person = auth["token"].as_str().unwrap_or_default().to_owned();
        let theirs = rooms.borrow_mut().enter(&person, &queue);
        let ready = json!({"type": "ready", "rooms": theirs}).to_string();
        let _ = queue.try_send(adda_websocket::text(&ready));
        while let Some(send) = socket.next().await? {
            let answer = rooms.borrow_mut().send(&person, &send);
            if answer.is_none_or(|frame| queue.try_send(frame).is_err()) {
                break;
            }
        }
        Ok(())
    }

    /// The next text, parsed; `None` at the end.
    async fn next(&mut self) -> io::Result<Option<Value>> {
        loop {
            let mut rest = &self.bytes[..];
            let event = self.reader.read(&mut rest).map_err(io::Error::other)?;
            let said = match event {
                Some(Event::Text(text)) => Some(serde_json::from_str(&text)?),
                Some(Event::Close(_)) => return Ok(None),
                Some(_) => Some(Value::Null),
                None => None,
            };
            let taken = self.bytes.len() - rest.len();
            self.bytes.drain(..taken);
            match said {
                Some(Value::Null) => {}
                Some(said) => return Ok(Some(said)),
                None if self.half.read_buf(&mut self.bytes).await? == 0 => return Ok(None),
                None => {}
            }
        }
    }
}

async fn upgrade(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let request = String::from_utf8_lossy(&request);
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim())
    });
    let accept = accept_key(key.unwrap_or_default());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{self, Length, Load, Pace};
    use crate::oracle::Check;

    #[tokio::test]
    async fn everybody_in_a_room_is_told_each_message_once_and_nobody_else_is() {
        let rooms: Vec<Room> = [("one", 0..4), ("two", 4..7)]
            .map(|(name, members)| Room {
                name: name.to_owned(),
                senders: vec![members.start],
                members: members.collect(),
            })
            .into();
        let of_room = |room: &Room| json!({"name": room.name, "members": room.members});
        let served = Rooms::of(&rooms.iter().map(of_room).collect()).unwrap();
        let local = tokio::task::LocalSet::new();
        let outcome = local.run_until(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::task::spawn_local(serve(listener, served));
            let tokens: Vec<String> = (0..7).map(|it| it.to_string()).collect();
            let load = Load {
                pace: Pace::Window(2),
                length: Length::Messages(60),
                check: Check::Full,
                last_receiver: false,
            };
            let meter = Meter { nodes: vec![std::process::id()], ..Meter::default() };
            load::run(&[address], &tokens, &rooms, load, meter).await.unwrap()
        });
        let outcome = outcome.await;
        outcome.require_sound().unwrap();
        assert_eq!(outcome.acknowledged, 60);
        let in_rooms: Vec<u64> = outcome.rooms.iter().map(|room| room.head - room.base).collect();
        assert_eq!(outcome.delivered, in_rooms[0] * 4 + in_rooms[1] * 3);
    }
}
